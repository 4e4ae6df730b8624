import { createApp } from '../../src/app.js';
import { loadConfig } from '../../src/config/config.js';
import { GrpcServer } from '../../src/platform/grpc/grpc-server.js';
import { MemoryEngine } from '../../src/platform/store/memory/memory-engine.js';
import { fleet, seed } from './fleet/fleet.js';

/** The server on a memory engine, which it fills itself: measures the cost of everything but the database. */
const config = loadConfig();
const engine = new MemoryEngine();
await seed(engine, fleet(Number(process.env['BENCH_MACHINES'])));
const app = await createApp(config, { engine });
await app.listen(config.http.port, config.http.host);
await app.get(GrpcServer).start();
process.once('SIGTERM', () => void app.close());
