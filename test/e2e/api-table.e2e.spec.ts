import { readFileSync } from 'node:fs';
import { RequestMethod } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { MetadataScanner, ModulesContainer } from '@nestjs/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OPERATION, type OperationOptions } from '../../src/platform/http/operation.js';
import { startTestApp } from '../support/app.js';
import type { TestApp } from '../support/app.js';

interface Route {
  /** For example `GET /v1/machine/{id}`. */
  readonly request: string;
  readonly operation: OperationOptions;
}

/** The routes of all controllers, with the declarations that their guards read. */
function routesOf({ app }: TestApp): Route[] {
  const controllers = [...app.get(ModulesContainer).values()].flatMap((module) => [...module.controllers.values()]);
  return controllers.flatMap(({ metatype }) => {
    const prototype = metatype!.prototype as object;
    const handlers = new MetadataScanner().getAllMethodNames(prototype).map((name) => prototype[name as never]);
    return handlers.flatMap((handler) => {
      const operation = Reflect.getMetadata(OPERATION, handler) as OperationOptions | undefined;
      if (operation === undefined) return [];
      const method = RequestMethod[Reflect.getMetadata(METHOD_METADATA, handler) as number]!;
      const parts = [Reflect.getMetadata(PATH_METADATA, metatype!), Reflect.getMetadata(PATH_METADATA, handler)];
      const path = `/${parts.join('/')}`.replace(/\/+/g, '/').replace(/(?<=.)\/$/, '');
      return [{ request: `${method} ${path.replace(/:(\w+)/g, '{$1}')}`, operation }];
    });
  });
}

const rowsOf = (text: string): string[] => text.match(/^\| `(GET|PUT|POST|DELETE) .*\|$/gm) ?? [];

const DOCUMENT = readFileSync('docs/api.md', 'utf8');
const [v1 = '', outsideV1 = ''] = DOCUMENT.split('### Outside of v1');

let server: TestApp;
let routes: readonly Route[];
beforeAll(async () => {
  server = await startTestApp();
  routes = routesOf(server);
});
afterAll(() => server.close());

describe('the tables of docs/api.md', () => {
  it('list the routes of v1 as they are declared', () => {
    const declared = routes
      .filter(({ request }) => request.includes(' /v1/'))
      .map(({ request, operation: { role, id, summary = '', deprecated } }) => {
        return `| \`${request}\` | ${role} | \`${id}\` | ${summary}${deprecated && !summary.includes('deprecated') ? ' (deprecated)' : ''} |`;
      });
    expect(rowsOf(v1).sort()).toEqual(declared.sort());
  });

  it('list all other routes with their roles', () => {
    const others = routes.filter(({ request }) => !request.includes(' /v1/'));
    // The API documents have no controllers; see api-documents.e2e.spec.ts.
    const rows = rowsOf(outsideV1).filter((row) => !row.includes('apidocs.json'));
    const listed = rows.map((row) => row.replace(/^\| `([A-Z]+ [^`?]*)[^`]*` \| (\w+) \|.*/, '$1 $2'));
    expect(listed.sort()).toEqual(others.map(({ request, operation }) => `${request} ${operation.role}`).sort());
  });
});
