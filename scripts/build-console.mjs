// Builds the console if its sources changed since the last build: `npm run build:console`.
import { buildConsoleWhenNeeded } from './console-build.mjs';

process.exitCode = buildConsoleWhenNeeded();
