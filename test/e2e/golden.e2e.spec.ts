import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestApp } from '../support/app.js';
import { HeadscaleServer } from '../support/headscale.js';
import { installed } from '../support/installed.js';
import { S3_PROGRAM, S3Server } from '../support/s3.js';
import { OPERATIONS } from './golden/call.js';
import { exampleOf, Recorder } from './golden/recorder.js';
import { playScenario, startScenarioApp } from './golden/scenario.js';

// Wire examples of every operation, recorded from one scenario. After an intended change, run this test with `-u`.
const GOLDEN = 'test/golden';

const withS3 = installed('recorded examples of firmware', S3_PROGRAM);
const FIRMWARE = ['uploadFirmware', 'listFirmwares', 'updateFirmware', 'removeFirmware'];
const played = OPERATIONS.filter((id) => withS3 || !FIRMWARE.includes(id));

let headscale: HeadscaleServer;
let s3: S3Server | undefined;
let server: TestApp;
let recorder: Recorder;

beforeAll(async () => {
  headscale = await HeadscaleServer.start();
  s3 = withS3 ? await S3Server.start() : undefined;
  server = await startScenarioApp({ headscale, s3 });
  recorder = new Recorder(server);
  await playScenario(recorder, server, { headscale, s3 });
});
afterAll(async () => {
  await server.close();
  await headscale.stop();
  await s3?.stop();
});

describe('recorded wire examples', () => {
  it.each(played)('%s', async (operationId) => {
    const file = exampleOf(operationId);
    await expect(recorder.example(file)).toMatchFileSnapshot(`../golden/${file}`);
  });

  it('match the error responses', async () => {
    for (const file of recorder.errorExamples()) {
      await expect(recorder.example(file)).toMatchFileSnapshot(`../golden/${file}`);
    }
  });

  it('cover every operation, and none is unused', () => {
    const ofFirmware = (name: string) => FIRMWARE.some((id) => name.startsWith(`${id}.`));
    const names = [...OPERATIONS.map(exampleOf), ...recorder.errorExamples()].filter(
      (name) => withS3 || !ofFirmware(name),
    );
    const recorded = readdirSync(GOLDEN).filter((name) => withS3 || !ofFirmware(name));
    expect(recorded.sort()).toEqual(names.sort());
  });
});
