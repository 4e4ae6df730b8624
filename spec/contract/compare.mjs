#!/usr/bin/env node
// Compares a Swagger 2.0 document with the recorded contract of the v1 API and prints every difference.
//
//   compare FILE|URL [--all] [--release 0.45.0]
//
// Exit code: 0 when nothing differs, 1 when something does, 2 when a document cannot be read.
//
// The contract is the document of a release (0.44.1 by default). Checked for each of its operations: it exists; its
// operationId, tags, consumed and produced media types, parameters (name, place, type, required), type of the request
// body, status codes and the types of their bodies. Checked for each of its definitions: properties, types, formats,
// enums, the list of required properties.
//
// Operations that only 0.12.0 has (the "legacy" ones, which clients of 2021 call) are part of the contract of every
// later release: they must exist under their path and method with the same parameters and body shapes; their
// operationId is free. The rest of 0.12.0 is superseded: later releases changed definitions of the same names.
//
// Extra definitions and extra optional properties are allowed, extra required ones are not.
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const HERE = dirname(fileURLToPath(import.meta.url));
const LEGACY_RELEASE = '0.12.0';
const DEFAULT_RELEASE = '0.44.1';
const METHODS = ['get', 'put', 'post', 'delete', 'patch'];
/** How many differences are printed without --all. */
const SHOWN = 60;

const diffs = [];
const diff = (where, what) => diffs.push(`${where}: ${what}`);
const show = (value) => (value === undefined ? 'absent' : JSON.stringify(value));
const sorted = (list) => [...(list ?? [])].sort();
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

function giveUp(message) {
  console.error(`compare: ${message}`);
  process.exit(2);
}

async function read(place) {
  try {
    const text = /^https?:/.test(place) ? await (await fetch(place)).text() : await readFile(place, 'utf8');
    return JSON.parse(text);
  } catch (error) {
    return giveUp(`${place} cannot be read: ${error.message}`);
  }
}

const recorded = (release) => read(join(HERE, `${release}.json`));

/** Operations by method and path, each with the parameters of its path. */
function operationsOf(document) {
  const operations = new Map();
  for (const [path, item] of Object.entries(document.paths)) {
    for (const method of METHODS.filter((name) => item[name])) {
      const parameters = [...(item.parameters ?? []), ...(item[method].parameters ?? [])];
      operations.set(`${method.toUpperCase()} ${path}`, { ...item[method], parameters });
    }
  }
  return operations;
}

/** As `operationsOf`; paths that repeat the base path of the document lose it. */
function servedOperationsOf(document) {
  const base = (document.basePath ?? '/').replace(/\/$/, '');
  const withoutBase = (key) => (base === '' ? key : key.replace(` ${base}/v1`, ' /v1'));
  return new Map([...operationsOf(document)].map(([key, operation]) => [withoutBase(key), operation]));
}

const nameOf = (ref) => ref.replace('#/definitions/', '');

/** A schema as a comparable value; $refs stay names, so that generated clients keep their type names. */
function shape(schema) {
  if (!schema) return undefined;
  if (schema.$ref) return nameOf(schema.$ref);
  const { type, format, items, additionalProperties: more } = schema;
  return {
    ...(type !== undefined && { type }),
    ...(format !== undefined && { format }),
    ...(schema.enum && { enum: sorted(schema.enum) }),
    ...(items && { items: shape(items) }),
    ...(more !== undefined && { additionalProperties: typeof more === 'object' ? shape(more) : more }),
  };
}

function compareDefinition(name, wanted, served) {
  if (!served) return diff(name, 'definition missing');
  for (const [property, schema] of Object.entries(wanted.properties ?? {})) {
    const found = served.properties?.[property];
    if (!found) diff(name, `property ${property} missing`);
    else if (!same(shape(schema), shape(found)))
      diff(name, `property ${property} is ${show(shape(found))}, want ${show(shape(schema))}`);
  }
  const [want, have] = [sorted(wanted.required), sorted(served.required)];
  const lost = want.filter((property) => !have.includes(property));
  const more = have.filter((property) => !want.includes(property));
  if (lost.length > 0) diff(name, `must be required: ${lost.join(', ')}`);
  if (more.length > 0) diff(name, `must not be required: ${more.join(', ')}`);
}

function compareOperation(name, wanted, served, { legacy, defaults }) {
  if (!served) return diff(name, 'operation missing');
  if (!legacy) compareDescription(name, wanted, served, defaults);
  compareParameters(name, wanted.parameters, served.parameters);
  for (const [code, response] of Object.entries(wanted.responses ?? {})) {
    const found = served.responses?.[code];
    const [want, have] = [shape(response.schema), shape(found?.schema)];
    if (!found && !legacy) diff(name, `response ${code} missing`);
    else if (found && !same(want, have)) diff(name, `response ${code} is ${show(have)}, want ${show(want)}`);
  }
}

/** `defaults` are the media types of the whole document. */
function compareDescription(name, wanted, served, defaults) {
  const { operationId, tags } = wanted;
  if (operationId !== served.operationId)
    diff(name, `operationId ${show(served.operationId)}, want ${show(operationId)}`);
  if (!same(sorted(tags), sorted(served.tags))) diff(name, `tags ${show(served.tags)}, want ${show(tags)}`);
  for (const list of ['consumes', 'produces']) {
    const [want, have] = [sorted(wanted[list]), sorted(served[list] ?? defaults[list])];
    if (!want.every((type) => have.includes(type))) diff(name, `${list} ${show(have)}, want ${show(want)}`);
  }
}

const placeOf = (parameter) => (parameter.in === 'body' ? 'body' : `${parameter.in} ${parameter.name}`);

function compareParameters(name, wanted, served) {
  const found = new Map(served.map((parameter) => [placeOf(parameter), parameter]));
  for (const parameter of wanted) {
    const place = placeOf(parameter);
    const other = found.get(place);
    if (!other) {
      diff(name, `parameter ${place} missing`);
      continue;
    }
    const [want, have] = [parameter, other].map((one) => shape(one.in === 'body' ? one.schema : one));
    if (!same(want, have)) diff(name, `parameter ${place} is ${show(have)}, want ${show(want)}`);
    if (!!parameter.required !== !!other.required)
      diff(name, `parameter ${place} required ${!!other.required}, want ${!!parameter.required}`);
  }
  const known = new Set(wanted.map(placeOf));
  for (const [place, { required }] of found)
    if (required && !known.has(place)) diff(name, `extra required parameter ${place}`);
}

/** Names of the definitions that `value` refers to, directly and through other definitions. */
function definitionsUsedBy(value, definitions, names = new Set()) {
  if (value === null || typeof value !== 'object') return names;
  for (const [key, member] of Object.entries(value)) {
    if (key !== '$ref' || typeof member !== 'string') definitionsUsedBy(member, definitions, names);
    else if (!names.has(nameOf(member))) {
      names.add(nameOf(member));
      definitionsUsedBy(definitions[nameOf(member)], definitions, names);
    }
  }
  return names;
}

const [target, ...options] = process.argv.slice(2);
const at = options.indexOf('--release');
const release = at >= 0 ? options[at + 1] : DEFAULT_RELEASE;
if (!target || target.startsWith('--') || !release) giveUp('usage: compare FILE|URL [--all] [--release R]');

const [served, wanted, old] = await Promise.all([read(target), recorded(release), recorded(LEGACY_RELEASE)]);
if (served.swagger !== '2.0')
  giveUp(`${target} is no Swagger 2.0 document (swagger: ${served.swagger}, openapi: ${served.openapi})`);

const servedOperations = servedOperationsOf(served);
const operations = operationsOf(wanted);
const legacy = new Map([...operationsOf(old)].filter(([key]) => !operations.has(key)));
for (const [key, operation] of operations)
  compareOperation(key, operation, servedOperations.get(key), { legacy: false, defaults: served });
for (const [key, operation] of legacy)
  compareOperation(`legacy ${key}`, operation, servedOperations.get(key), { legacy: true, defaults: served });
for (const [name, definition] of Object.entries(wanted.definitions))
  compareDefinition(name, definition, served.definitions?.[name]);
for (const name of definitionsUsedBy([...legacy.values()], old.definitions))
  if (!wanted.definitions[name]) compareDefinition(name, old.definitions[name], served.definitions?.[name]);

for (const line of options.includes('--all') ? diffs : diffs.slice(0, SHOWN)) console.log(line);
if (!options.includes('--all') && diffs.length > SHOWN)
  console.log(`… ${diffs.length - SHOWN} more (--all shows them)`);
const count = (wantedOnes) =>
  `${[...wantedOnes.keys()].filter((key) => servedOperations.has(key)).length}/${wantedOnes.size}`;
console.log(`operations ${count(operations)}, legacy ${count(legacy)}, differences ${diffs.length}`);
process.exitCode = diffs.length > 0 ? 1 : 0;
