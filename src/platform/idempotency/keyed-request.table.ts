import { defineTable } from '../store/table.js';
import type { KeyedRequest } from './keyed-request.js';

/** Responses contain secrets of allocations. */
export const keyedRequestTable = defineTable<KeyedRequest>()({
  name: 'keyedrequest',
  secrets: ['answer'],
  indexes: { caller: (request) => request.caller },
});

export type KeyedRequestIndex = keyof typeof keyedRequestTable.indexes;
