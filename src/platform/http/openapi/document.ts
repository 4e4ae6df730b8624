import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import type { OpenAPIObject } from '@nestjs/swagger';
import { addSharedDefinitions } from '../wire/shared-definition.js';
import { operationsOf, pathsOnly } from './document-parts.js';
import { addExamples } from './examples.js';
import { addRoles } from './roles.js';
import { OPERATORS_TEXT, tagsFor, V1_TEXT } from './texts.js';

const HMAC_DOC =
  'Authorization: <type> <mac>, with type Metal-View, Metal-Edit or Metal-Admin, and mac the hex HMAC-SHA256 of ' +
  'X-Date (UTC, seconds), method and X-Data-Salt; send both headers. For programs; browsers cannot sign requests.';

const TITLE = 'metal-api';

/** Operations of v1 that are in the document for operators, too: those that the contract of clients does not have, and audit. */
const OF_OPERATORS: readonly string[] = ['listAPITokens', 'revokeAPIToken', 'findAuditTraces'];

/** The OpenAPI 3 documents of a server; paths are relative to the base path. */
export interface Documents {
  /** The v1 API as its contract has it, without texts and examples, for generators. */
  readonly contract: OpenAPIObject;
  /** The v1 API for people. */
  readonly v1: OpenAPIObject;
  /** Everything outside of v1, for people. */
  readonly operators: OpenAPIObject;
}

/** Documents all routes of an application. */
export function openApiDocuments(app: INestApplication, basePath: string, version: string): Documents {
  const whole = SwaggerModule.createDocument(app, head(basePath, version), { ignoreGlobalPrefix: true });
  const contract = addSharedDefinitions(pathsOnly(whole, (path) => path.startsWith('/v1/')));
  const operators = pathsOnly(
    whole,
    (path, { operationId = '' }) => !path.startsWith('/v1/') || OF_OPERATORS.includes(operationId),
  );
  return {
    contract,
    v1: forPeople(contract, `${TITLE} v1`, V1_TEXT),
    operators: forPeople(operators, `${TITLE} for operators`, OPERATORS_TEXT),
  };
}

/** A copy with texts, roles and examples. */
function forPeople(document: OpenAPIObject, title: string, description: string): OpenAPIObject {
  const copy = structuredClone(document);
  copy.info = { ...copy.info, title, description };
  copy.tags = tagsFor(operationsOf(copy).flatMap(({ operation }) => operation.tags ?? []));
  addRoles(copy);
  addExamples(copy);
  return copy;
}

const head = (basePath: string, version: string): Omit<OpenAPIObject, 'paths'> =>
  new DocumentBuilder()
    .setTitle(TITLE)
    .setDescription('API to manage and control plane resources like machines, switches, operating system images, …')
    .setVersion(version)
    .setLicense('MIT', 'https://opensource.org/license/mit')
    .addServer(basePath.replace(/\/$/, '') || '/')
    .addApiKey({ type: 'apiKey', in: 'header', name: 'Authorization', description: HMAC_DOC }, 'HMAC')
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'paste a token' }, 'jwt')
    .addSecurityRequirements('HMAC')
    .addSecurityRequirements('jwt')
    .build();
