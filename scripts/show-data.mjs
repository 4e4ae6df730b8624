// Prints the contents of an embedded database: one line per key, with its document. The server must be stopped.
//
//   node scripts/show-data.mjs [DATA_DIR] [TABLE [ID]]      by default the folder "data" and all tables
//
// Keys: t!<table>!<id> documents, x!<table>!<id> tombstones, l!<log>!<id> log entries. Secrets in documents are
// encrypted.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ClassicLevel } from 'classic-level';

const [folder = 'data', table, id = ''] = process.argv.slice(2);
const database = join(folder, 'store');
const giveUp = (message) => {
  console.error(`show-data: ${message}`);
  process.exit(2);
};
if (!existsSync(database)) giveUp(`there is no database in "${folder}"`);

const db = new ClassicLevel(database, { createIfMissing: false });
await db.open().catch((error) => giveUp(`"${database}" cannot be opened: ${error.cause?.message ?? error.message}`));
const prefix = table === undefined ? '' : `t!${table}!${id}`;
for await (const [key, value] of db.iterator({ gte: prefix, lt: `${prefix}\uffff` })) console.log(`${key}\t${value}`);
await db.close();
