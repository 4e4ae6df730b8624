import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { backup } from '../../src/cli/backup.js';
import { restore } from '../../src/cli/restore.js';
import type { Config } from '../../src/config/config.js';
import { testConfig } from './app.js';

const SILENT = { write: () => undefined };

/** The commands `backup` and `restore` in this process, with a folder for files. */
export class BackupCommands {
  readonly folder = mkdtempSync(join(tmpdir(), 'metal-backup-'));

  path(name: string): string {
    return join(this.folder, name);
  }

  /** Settings of dev mode, like those of `ServerProcess`, with others in addition. */
  config(variables: Readonly<Record<string, string>>): Config {
    return testConfig(variables);
  }

  backup(variables: Readonly<Record<string, string>>, ...args: string[]): Promise<{ code: number; text: string }> {
    return this.told((out) => backup(args, () => this.config(variables), out, SILENT));
  }

  restore(variables: Readonly<Record<string, string>>, ...args: string[]): Promise<{ code: number; text: string }> {
    return this.told((out) => restore(args, () => this.config(variables), out, SILENT));
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async told(run: (out: { write(text: string): unknown }) => Promise<number>) {
    let text = '';
    const mask = process.umask();
    try {
      const code = await run({ write: (more) => (text += more) });
      return { code, text };
    } finally {
      process.umask(mask);
    }
  }
}
