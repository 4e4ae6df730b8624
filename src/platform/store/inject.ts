import { Inject } from '@nestjs/common';
import type { LogDefinition, LogEntry } from './append-log.js';
import type { Document, TableDefinition } from './table.js';

export const tableToken = (name: string): string => `table:${name}`;
export const logToken = (name: string): string => `log:${name}`;

/** Injects the live table of a definition: `constructor(@InjectTable(imageTable) private readonly images: Table<Image>)`. */
export const InjectTable = <T extends Document, I extends string>(
  definition: TableDefinition<T, I>,
): ParameterDecorator => Inject(tableToken(definition.name));

/** Injects the append-only log of a definition. */
export const InjectLog = <E extends LogEntry>(definition: LogDefinition<E>): ParameterDecorator =>
  Inject(logToken(definition.name));
