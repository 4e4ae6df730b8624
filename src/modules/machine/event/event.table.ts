import { defineTable } from '../../../platform/store/table.js';
import type { EventContainer } from './provisioning-event.js';

/** One document per machine that has ever reported. */
export const eventTable = defineTable<EventContainer>()({ name: 'event' });
