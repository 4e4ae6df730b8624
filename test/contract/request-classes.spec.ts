import type { Type } from '@nestjs/common';
import { validate } from 'class-validator';
import type { ValidationError } from 'class-validator';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBody } from '../../src/platform/http/wire/decode.js';
import { fieldsOf } from '../../src/platform/http/wire/field.js';
import type { FieldSpec } from '../../src/platform/http/wire/field.js';
import { InvalidValueError } from '../../src/platform/http/wire/scalar.js';
import { isDomainError } from '../../src/shared/errors/domain-error.js';
import { requestClasses } from '../support/request-classes.js';
import { acceptedOf, completeOf, refusedOf } from '../support/wire-values.js';

type Values = Record<string, unknown>;

const CLASSES = requestClasses().map((type) => [type.name, type] as const);
const RUNS = { numRuns: 20 };

const decode = (type: Type<object>, value: unknown): Values =>
  decodeBody(type, Buffer.from(JSON.stringify(value))) as Values;

/** The instance that a constructor with these values would produce, without decoding. */
function assemble(type: Type<object>, values: Values): object {
  const fields = Object.entries(values).map(([name, value]) => {
    const spec = fieldsOf(type).get(name.toLowerCase())!;
    return [name, spec.map && isPlain(value) ? mapped(value, (each) => listed(spec, each)) : listed(spec, value)];
  });
  return Object.assign(new type(), Object.fromEntries(fields)) as object;
}

const isPlain = (value: unknown): value is Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const mapped = (values: Values, change: (value: unknown) => unknown): Values =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, change(value)]));
const listed = (spec: FieldSpec, value: unknown): unknown =>
  spec.array && Array.isArray(value) ? value.map((each) => single(spec, each)) : single(spec, value);
const single = ({ type }: FieldSpec, value: unknown): unknown =>
  typeof type === 'function' && isPlain(value) ? assemble(type() as Type<object>, value) : value;

/** `networks.0.networkid` → names of the violated rules */
function violations(errors: readonly ValidationError[], at = ''): Record<string, string[]> {
  const entries = errors.flatMap(({ property, constraints, children }) => [
    ...(constraints ? [[`${at}${property}`, Object.keys(constraints)] as const] : []),
    ...Object.entries(violations(children ?? [], `${at}${property}.`)),
  ]);
  return Object.fromEntries(entries);
}

const violationsOf = async (instance: object): Promise<Record<string, string[]>> =>
  violations(await validate(instance));

/** Where a decoded instance violates the API document: the two rules that the decoder does not know. */
function undocumented(type: Type<object>, instance: Values, at = ''): string[] {
  return [...fieldsOf(type).values()].flatMap((spec) => {
    const path = `${at}${spec.name}`;
    const value = instance[spec.name];
    if (value === undefined) return spec.required ? [path] : [];
    if (!spec.map) return undocumentedValue(spec, value, path);
    const members = Object.values(value as Values).filter((member) => !(member instanceof InvalidValueError));
    return members.some((member) => undocumentedValue(spec, member, '').length > 0) ? [path] : [];
  });
}

function undocumentedValue(spec: FieldSpec, value: unknown, path: string): string[] {
  const { type, enum: listedValues } = spec;
  if (typeof type !== 'function') {
    return listedValues && ![value].flat().every((each) => listedValues.includes(each as string)) ? [path] : [];
  }
  if (!spec.array) return undocumented(type() as Type<object>, value as Values, `${path}.`);
  return (value as Values[]).flatMap((each, i) => undocumented(type() as Type<object>, each, `${path}.${i}.`));
}

function refusal(type: Type<object>, value: unknown): string {
  try {
    decode(type, value);
  } catch (error) {
    if (isDomainError(error, 'malformed')) return error.message;
    throw error;
  }
  throw new Error(`was not refused: ${JSON.stringify(value)}`);
}

describe('the request classes', () => {
  it('are those of all routes that read a body', () => expect(CLASSES.length).toBeGreaterThan(45));

  describe.each(CLASSES)('%s', (_, type) => {
    it('passes validation with any value that satisfies the API document', () =>
      fc.assert(
        fc.asyncProperty(completeOf(type), async (value) => {
          expect(await violationsOf(decode(type, value))).toEqual({});
          expect(await violationsOf(assemble(type, value))).toEqual({});
        }),
        RUNS,
      ));

    it('passes validation with any value that the decoder accepts, except where it lacks what the document requires', () =>
      fc.assert(
        fc.asyncProperty(acceptedOf(type), async (value) => {
          const instance = decode(type, value);
          const violated = await violationsOf(instance);
          expect(Object.keys(violated).sort()).toEqual(undocumented(type, instance).sort());
          for (const rules of Object.values(violated)) {
            expect(rules.includes('isDefined') || /^(isIn|isMap)$/.test(rules.join())).toBe(true);
          }
        }),
        RUNS,
      ));

    it('fails validation with any value that the decoder refuses, at the same field', () =>
      fc.assert(
        fc.asyncProperty(refusedOf(type), async (value) => {
          const field = /^field "([^".[]+)/.exec(refusal(type, value))?.[1];
          const violated = Object.keys(await violationsOf(assemble(type, value)));
          expect(violated.map((path) => path.split('.')[0])).toEqual(expect.arrayContaining([field]));
        }),
        RUNS,
      ));

    it('fails validation without its required fields, which clients may omit', async () => {
      const required = [...fieldsOf(type).values()].filter((spec) => spec.required).map(({ name }) => name);
      const violated = await violationsOf(decode(type, {}));
      expect(Object.keys(violated).sort()).toEqual(required.sort());
      for (const rules of Object.values(violated)) expect(rules).toContain('isDefined');
    });
  });
});
