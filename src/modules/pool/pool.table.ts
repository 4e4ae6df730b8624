import { defineTable } from '../../platform/store/table.js';
import type { PoolNumber } from './pool.js';

const owner = ({ owners }: PoolNumber): readonly string[] => owners;

export const vrfTable = defineTable<PoolNumber>()({ name: 'vrf', indexes: { owner } });

export const asnTable = defineTable<PoolNumber>()({ name: 'asn', indexes: { owner } });
