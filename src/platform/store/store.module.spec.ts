import { Injectable, Module, type OnApplicationBootstrap } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { describe, expect, it } from 'vitest';
import { AppLoggerModule } from '../telemetry/app-logger.module.js';
import { InjectLog, InjectTable } from './inject.js';
import { defineLog, type AppendLog, type LogEntry } from './append-log.js';
import { MemoryEngine } from './memory/memory-engine.js';
import { StoreModule } from './store.module.js';
import { Store } from './store.js';
import { defineTable, type Document, type Table } from './table.js';

interface Tree extends Document {
  readonly height: number;
}

const trees = defineTable<Tree>()({ name: 'tree' });
const rings = defineLog<LogEntry>('ring');

@Injectable()
class Forest implements OnApplicationBootstrap {
  sizeAtBootstrap = -1;

  constructor(
    @InjectTable(trees) readonly trees: Table<Tree>,
    @InjectLog(rings) readonly rings: AppendLog<LogEntry>,
  ) {}

  onApplicationBootstrap(): void {
    this.sizeAtBootstrap = this.trees.size;
  }
}

@Module({ imports: [StoreModule.tables(trees), StoreModule.logs(rings)], providers: [Forest], exports: [Forest] })
class ForestModule {}

@Module({ imports: [StoreModule.tables(trees)] })
class OtherModule {}

describe('StoreModule', () => {
  it('injects loaded tables and logs, is ready and healthy, and stops with the application', async () => {
    const engine = new MemoryEngine();
    await engine.insert('tree', { id: 'oak' });
    @Module({ imports: [AppLoggerModule, StoreModule.forRoot(engine), ForestModule, OtherModule] })
    class AppModule {}
    const app = await NestFactory.createApplicationContext(AppModule, { logger: false });
    const forest = app.get(Forest);
    const store = app.get(Store);
    expect(forest.sizeAtBootstrap).toBe(1);
    await forest.rings.append([{ id: '1' }]);
    expect(store.ready).toBe(true);
    expect(await store.health()).toEqual({
      kind: 'memory',
      version: 'memory',
      tables: [{ name: 'tree', size: 1, synced: true }],
    });
    expect(() => store.table(defineTable<Tree>()({ name: 'late' }))).toThrow('"late"');
    await app.close();
  });
});
