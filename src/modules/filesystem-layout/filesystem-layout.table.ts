import { defineTable } from '../../platform/store/table.js';
import type { FilesystemLayout } from './filesystem-layout.js';

export const filesystemLayoutTable = defineTable<FilesystemLayout>()({ name: 'filesystemlayout' });
