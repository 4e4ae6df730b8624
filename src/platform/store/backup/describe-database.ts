import { timestamp } from '../../../shared/clock.js';
import type { Engine, EngineNames } from '../engine.js';
import { IDENTITY_ID, IDENTITY_TABLE, type Identity } from '../installation/identity.js';
import { MIGRATION_TABLE, type Migration } from '../migration/migration.js';
import { pendingMigrations } from '../migration/migrator.js';
import { ENCRYPTION_TABLE, registeredKeys } from '../sealing/key-register.js';
import { FORMAT_NAME, FORMAT_VERSION, type ArchiveHeader } from './archive-format.js';

/** All tables and logs of a database that has gone through the first `schema` migrations. */
export function namesAt(migrations: readonly Migration[], schema: number): EngineNames {
  const applied = migrations.filter(({ version }) => version <= schema);
  const tables = applied.flatMap((migration) => migration.tables ?? []);
  return { tables: [MIGRATION_TABLE, ...tables], logs: applied.flatMap((migration) => migration.logs ?? []) };
}

/**
 * What a backup of an open engine contains, and the header of its archive. Throws `precondition` for a database that a
 * newer program has migrated. `schema` is the number of the last migration, where the caller knows it.
 */
export async function describeDatabase(
  engine: Engine,
  migrations: readonly Migration[],
  about: { readonly program: string; readonly now: number; readonly schema?: number },
): Promise<{ readonly names: EngineNames; readonly header: ArchiveHeader }> {
  const { program, now, schema = await appliedSchema(engine, migrations) } = about;
  const names = namesAt(migrations, schema);
  const identity = names.tables.includes(IDENTITY_TABLE)
    ? ((await engine.read(IDENTITY_TABLE, IDENTITY_ID)).current as Identity | undefined)
    : undefined;
  return {
    names,
    header: {
      format: FORMAT_NAME,
      version: FORMAT_VERSION,
      created: timestamp(now),
      program,
      engine: engine.kind,
      installation: identity === undefined ? null : { uuid: identity.uuid, epoch: identity.epoch },
      schema,
      keys: names.tables.includes(ENCRYPTION_TABLE) ? await registeredKeys(engine) : [],
      estimate: await engine.estimate(names),
    },
  };
}

async function appliedSchema(engine: Engine, migrations: readonly Migration[]): Promise<number> {
  const [next] = await pendingMigrations(engine, migrations);
  return next === undefined ? migrations.length : next.version - 1;
}
