import { defineLog } from '../../platform/store/append-log.js';
import type { Trace } from './audit.js';

export const auditLog = defineLog<Trace>('audit');
