import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsDefined,
  IsIn,
  IsInt,
  IsNumber,
  IsOptional,
  IsString,
  Max,
  Min,
  NotContains,
  ValidateBy,
  ValidateIf,
  ValidateNested,
  validateSync,
} from 'class-validator';
import { nameProblem } from '../../../shared/entity.js';
import { quoteText } from '../../../shared/text.js';
import type { FieldOptions, FieldType, Scalar } from './field.js';
import { MAX_ITEMS, MAX_LENGTH, MAX_MEMBERS, MAX_NAME_LENGTH } from './limits.js';
import { decodeScalar, INTEGER_RANGES, InvalidValueError } from './scalar.js';

/**
 * Declares to class-validator what `@Field` knows of a property, so that `validate` checks an instance against the API
 * document. Requests are decoded instead, which is more lenient about required fields and enums
 * (docs/adr/0004-wire-classes.md).
 */
export function validated(type: FieldType, options: FieldOptions): PropertyDecorator {
  // The condition of a required field replaces the one that a base class may have declared for it as optional.
  const presence = options.required ? [ValidateIf(() => true), IsDefined()] : [IsOptional()];
  return combined([...presence, ...(options.map ? [isMap(type, options)] : values(type, options))]);
}

const combined =
  (decorators: readonly PropertyDecorator[]): PropertyDecorator =>
  (target, key) => {
    for (const decorate of decorators) decorate(target, key);
  };

/** The rules of a property that is not a map, or of the values of a map. */
function values(type: FieldType, options: FieldOptions): PropertyDecorator[] {
  const { array: each = false } = options;
  const list = each ? [IsArray(), ArrayMaxSize(options.maxItems ?? MAX_ITEMS)] : [];
  return [...list, ...(typeof type === 'function' ? nested(type, each) : scalar(type, options, each))];
}

function nested(type: Exclude<FieldType, Scalar>, each: boolean): PropertyDecorator[] {
  const isInstance = rule('isInstance', (value) => value instanceof type(), 'must be a valid object', each);
  return [isInstance, ValidateNested({ each })];
}

function scalar(type: Scalar, options: FieldOptions, each: boolean): PropertyDecorator[] {
  const listed = options.enum ? [IsIn(options.enum, { each })] : [];
  return [...scalarRules(type, options, each), ...listed];
}

function scalarRules(type: Scalar, options: FieldOptions, each: boolean): PropertyDecorator[] {
  switch (type) {
    case 'string':
      return text(options, each);
    case 'boolean':
      return [IsBoolean({ each })];
    case 'float':
      return [IsNumber({}, { each })];
    case 'date-time':
      return [rule('isDateTime', isInstant, 'must be an RFC 3339 date-time', each)];
    default: {
      const [min, max] = INTEGER_RANGES[type];
      return [IsInt({ each }), Min(min, { each }), Max(max, { each })];
    }
  }
}

/** Texts of devices are sanitized and truncated by the decoder, whatever they contain. */
function text({ device, maxLength = MAX_LENGTH }: FieldOptions, each: boolean): PropertyDecorator[] {
  if (device) return [IsString({ each })];
  // Not `MaxLength`, which counts some pairs of UTF-16 units as one character.
  const fits = (value: unknown): boolean => typeof value === 'string' && value.length <= maxLength;
  return [
    IsString({ each }),
    rule('maxLength', fits, `must have at most ${maxLength} characters`, each),
    NotContains('\0', { each, message: '$property must not contain the character U+0000' }),
  ];
}

function isInstant(value: unknown): boolean {
  try {
    decodeScalar('date-time', value);
    return true;
  } catch {
    return false;
  }
}

function rule(name: string, validate: (value: unknown) => boolean, must: string, each: boolean): PropertyDecorator {
  const defaultMessage = (): string => `${each ? 'each value in ' : ''}$property ${must}`;
  return ValidateBy({ name, validator: { validate, defaultMessage } }, { each });
}

/** class-validator has no rule for the values of a plain object: each one is validated as a property of its own. */
function isMap(type: FieldType, options: FieldOptions): PropertyDecorator {
  class Member {
    constructor(readonly value: unknown) {}
  }
  // `maxItems` limits the map.
  combined([IsDefined(), ...values(type, { ...options, maxItems: MAX_ITEMS })])(Member.prototype, 'value');
  const problemOf = (value: unknown): string | undefined =>
    mapProblem(value, options, (member) => validateSync(new Member(member)).length === 0);
  return ValidateBy({
    name: 'isMap',
    validator: {
      validate: (value: unknown) => problemOf(value) === undefined,
      defaultMessage: (args) => `$property ${problemOf(args?.value) ?? 'is invalid'}`,
    },
  });
}

function mapProblem(
  value: unknown,
  { maxItems = MAX_MEMBERS, separate }: FieldOptions,
  isValid: (member: unknown) => boolean,
): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'must be an object';
  const members = Object.entries(value);
  if (members.length > maxItems) return `must have at most ${maxItems} members`;
  // The members that were refused one by one do not make the batch invalid.
  const checked = members.filter(([, member]) => !(separate && member instanceof InvalidValueError));
  for (const [name, member] of checked) {
    if (name.length > MAX_NAME_LENGTH) return `must have names of at most ${MAX_NAME_LENGTH} characters`;
    const problem = nameProblem(name);
    if (problem) return `has a member ${quoteText(name, 60)}, which ${problem}`;
    if (!isValid(member)) return `has an invalid member ${quoteText(name, 60)}`;
  }
  return undefined;
}
