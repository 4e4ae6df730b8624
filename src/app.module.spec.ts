import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FEATURES } from './app.module.js';
import ranks from './modules/ranks.json' with { type: 'json' };

/** `SizeImageConstraintModule` → `size-image-constraint` */
const folderOf = (name: string): string =>
  name
    .replace(/Module$/, '')
    .replace(/(?<=.)[A-Z]/g, '-$&')
    .toLowerCase();

describe('features', () => {
  it('are declared in the order of their ranks, which dependency-cruiser enforces on imports', () => {
    const declared = FEATURES.map(({ name }) => folderOf(name));
    expect(declared).toEqual(ranks.filter((name) => declared.includes(name)));
  });

  it('all have one rank', () => {
    const folders = readdirSync('src/modules', { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect([...ranks].sort()).toEqual(folders.map(({ name }) => name).sort());
  });
});
