import { defineTable } from '../../platform/store/table.js';
import type { Image } from './image.js';

export const imageTable = defineTable<Image>()({ name: 'image', indexes: { os: (image) => image.os } });
