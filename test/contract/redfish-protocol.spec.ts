import { mkdtempSync, rmSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { BmcTarget } from '../../src/agent/bmc/bmc-driver.js';
import { CertificateTrust } from '../../src/agent/redfish/certificate-trust.js';
import { RedfishBmcDriver } from '../../src/agent/redfish/redfish-bmc-driver.js';
import { eventually } from '../support/eventually.js';
import { installed } from '../support/installed.js';
import { LightRedfish } from '../support/light-redfish.js';
import type { LightBmc } from '../support/light-redfish.js';
import { TestAuthority } from '../support/test-authority.js';

const HOST = '127.0.9.1';

describe.skipIf(!installed('the Redfish protocol', 'openssl'))('Redfish client', () => {
  const folder = mkdtempSync(join(tmpdir(), 'metal-redfish-'));
  let light: LightRedfish;
  let bmc: LightBmc;
  let target: BmcTarget;
  let driver: RedfishBmcDriver;

  beforeAll(async () => {
    const authority = new TestAuthority(folder, 'ca');
    light = await LightRedfish.start(authority.issue('bmc', `IP:${HOST}`));
    const trust = new CertificateTrust({ mode: 'verify', ca: authority.pem });
    const options = { portOf: () => light.port, trust, timeoutMs: 1500 };
    driver = new RedfishBmcDriver(options, { pollMs: 10, timeoutMs: 10_000, awayMs: 3000 });
    target = { host: HOST, port: 623, ...light.login, interface: 'lanplus', diskDevice: 8 };
  });
  afterAll(async () => {
    await light.stop();
    rmSync(folder, { recursive: true });
  });
  beforeEach(() => void (bmc = light.add(HOST)));

  const answerWith = (path: string, answer: (response: ServerResponse) => void): void => {
    bmc.intercept = ({ url }, response) => url === path && (answer(response), true);
  };
  const json =
    (status: number, body: string, headers: Record<string, string> = {}) =>
    (response: ServerResponse) =>
      void response.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(body);
  const image = { kind: 'bmc', url: 'https://s3.example/b?X-Amz-Signature=very-secret' } as const;
  const update = (told: string[] = [], signal = new AbortController().signal): Promise<void> =>
    driver.updateFirmware(target, image, (text) => told.push(text), signal);

  it('logs in with a session, and closes it after success and failure', async () => {
    expect(await driver.isOn(target)).toBe(true);
    expect([bmc.logins, bmc.sessions.size]).toEqual([1, 0]);
    answerWith('/redfish/v1/Systems/1', json(500, '{}'));
    await expect(driver.isOn(target)).rejects.toMatchObject({ failure: 'refused', isRetryable: true });
    expect([bmc.logins, bmc.sessions.size]).toEqual([2, 0]);
  });

  it('logs in again if its session has ended', async () => {
    let ended = false;
    bmc.intercept = ({ url }) => {
      if (url === '/redfish/v1/Systems' && !ended) {
        bmc.sessions.clear();
        ended = true;
      }
      return false;
    };
    expect(await driver.isOn(target)).toBe(true);
    expect([bmc.logins, bmc.sessions.size]).toEqual([2, 0]);
  });

  it('reports refused credentials without the password that the BMC quotes, and tries them once', async () => {
    const attempt = driver.isOn({ ...target, password: 'wrong-secret' });
    await expect(attempt).rejects.toMatchObject({ failure: 'credentials' });
    await expect(attempt).rejects.not.toThrow('wrong-secret');
    expect(bmc.logins).toBe(1);
    answerWith('/redfish/v1/Systems/1', json(400, JSON.stringify({ error: { message: `bad ${target.password}` } })));
    await expect(driver.isOn(target)).rejects.toThrow('bad ***');
  });

  it('writes only if the state is still the one that it read, and reads again after another change', async () => {
    let races = 0;
    bmc.intercept = ({ method }) => {
      if (method === 'PATCH' && races++ === 0) bmc.generation += 1;
      return false;
    };
    await driver.setBootDevice(target, 'pxe');
    expect(bmc.boot).toEqual({
      BootSourceOverrideEnabled: 'Continuous',
      BootSourceOverrideMode: 'UEFI',
      BootSourceOverrideTarget: 'Pxe',
    });
    expect(races).toBe(2);
    await driver.setBootDevice(target, 'bios');
    expect(bmc.boot).toMatchObject({ BootSourceOverrideEnabled: 'Once', BootSourceOverrideTarget: 'BiosSetup' });
  });

  it('waits for a busy BMC', async () => {
    let busy = 0;
    bmc.intercept = ({ url }, response) => {
      if (url !== '/redfish/v1/Systems/1' || busy++ > 0) return false;
      json(503, '{}', { 'Retry-After': '0' })(response);
      return true;
    };
    expect(await driver.isOn(target)).toBe(true);
    expect(busy).toBe(2);
  });

  it.each([
    ['another host', 'https://127.0.9.2/redfish/v1/Systems/1'],
    ['another port', 'https://127.0.9.1:9/redfish/v1/Systems/1'],
    ['another host without protocol', '//127.0.9.2/redfish/v1/Systems/1'],
    ['plain HTTP', 'http://127.0.9.1/redfish/v1/Systems/1'],
    ['another service', '/cgi/reboot'],
    ['another service by steps', '/redfish/v1/../../cgi/reboot'],
    ['nothing', ''],
    ['a line break', '/redfish/v1/x\r\nHost: evil'],
  ])('follows neither links nor redirects to %s', async (_, place) => {
    const other = light.add('127.0.9.2');
    answerWith('/redfish/v1/Systems', json(200, JSON.stringify({ Members: [{ '@odata.id': place }] })));
    await expect(driver.isOn(target)).rejects.toThrow('links to a place outside');
    if (!/[\r\n]/.test(place) && place !== '') {
      answerWith('/redfish/v1/Systems/1', json(307, '', { Location: place }));
      await expect(driver.isOn(target)).rejects.toThrow('links to a place outside');
    }
    expect([other.requests.length, bmc.sessions.size]).toEqual([0, 0]);
  });

  it('closes a session whose address has another name of the BMC, and survives closed connections', async () => {
    let closed = 0;
    bmc.intercept = ({ method, url, socket }, response) => {
      if (method === 'POST' && url?.endsWith('/Sessions')) {
        bmc.sessions.set('token', 'seven');
        const Location = 'http://bmc.internal/redfish/v1/SessionService/Sessions/seven';
        json(201, '{}', { 'X-Auth-Token': 'token', Location })(response);
        return true;
      }
      if (url !== '/redfish/v1/Systems/1' || closed++ > 0) return false;
      socket.destroy();
      return true;
    };
    expect(await driver.isOn(target)).toBe(true);
    expect([closed, bmc.sessions.size]).toEqual([2, 0]);
  });

  it('follows complete links and redirects on the same BMC, a few times', async () => {
    const complete = `https://${HOST}:${light.port}/redfish/v1/Systems/1`;
    answerWith('/redfish/v1/Systems', json(200, JSON.stringify({ Members: [{ '@odata.id': complete }] })));
    expect(await driver.isOn(target)).toBe(true);
    answerWith('/redfish/v1/Systems/1', json(307, '', { Location: '/redfish/v1/Systems/1' }));
    await expect(driver.isOn(target)).rejects.toThrow('HTTP 307');
  });

  it.each([
    [
      'too large',
      (response: ServerResponse) => void response.writeHead(200).end(`{"a":"${'x'.repeat(3_000_000)}"}`),
      /sent more than/,
    ],
    ['nested too deeply', json(200, `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`), /without a JSON object/],
    ['no JSON', json(200, '<html>'), /without a JSON object/],
    ['a list', json(200, '[]'), /without a JSON object/],
    ['null', json(200, 'null'), /without a JSON object/],
    ['cut off', (response: ServerResponse) => void response.destroy(), /connection .* failed/],
    ['silent', () => undefined, /did not answer within 1500 ms/],
    ['endless headers', json(200, '{}', { 'X-A': 'x'.repeat(20_000) }), /connection .* failed/],
  ])('rejects an answer that is %s', async (_, answer, reason) => {
    answerWith('/redfish/v1/Systems/1', answer);
    await expect(driver.isOn(target)).rejects.toThrow(reason);
  });

  it('abandons a BMC that sends a byte now and then, or never completes a handshake', async () => {
    bmc.mood = 'slow';
    await expect(driver.isOn(target)).rejects.toMatchObject({ failure: 'timeout' });
    bmc.mood = 'dead';
    await expect(driver.isOn(target)).rejects.toMatchObject({ failure: 'timeout' });
  });

  it('survives resources with members of any other type', async () => {
    for (const odd of [null, 7, 'x', [], {}, [null], [[]], { '@odata.id': 7 }]) {
      const body = Object.fromEntries(
        ['PowerState', 'Boot', 'Links', 'Actions', 'UUID', 'IndicatorLED', 'PartNumber'].map((name) => [name, odd]),
      );
      answerWith('/redfish/v1/Systems/1', json(200, JSON.stringify(body)));
      expect(await driver.inspect(target).catch((error: Error) => error.name)).toBeDefined();
      await expect(driver.isOn(target)).rejects.toMatchObject({ name: 'BmcError' });
      await expect(driver.power(target, 'on')).rejects.toMatchObject({ name: 'BmcError' });
    }
  });

  describe('firmware', () => {
    it('is followed to its end, with progress', async () => {
      const told: string[] = [];
      const updating = update(told);
      await eventually('it runs', () => bmc.task !== undefined);
      bmc.task = { TaskState: 'Running', PercentComplete: 40 };
      await eventually('progress', () => told.includes('Running, 40 %'));
      bmc.task = { TaskState: 'Completed', PercentComplete: 100 };
      await updating;
      expect(told.at(-1)).toBe('Completed, 100 %');
      expect(bmc.bodies).toContainEqual({ ImageURI: image.url, TransferProtocol: 'HTTPS' });
      expect(bmc.sessions.size).toBe(0);
    });

    it('is not started again if the BMC does not answer, and its address is not in the progress', async () => {
      bmc.intercept = ({ method, url }) => method === 'POST' && url!.endsWith('SimpleUpdate');
      await expect(update()).rejects.toMatchObject({
        failure: 'update',
        isRetryable: false,
        message: expect.stringMatching(/^the result of the firmware update is unknown: .*did not answer/) as string,
      });
      bmc.intercept = () => false;
      const told: string[] = [];
      const updating = update(told);
      await eventually('it runs', () => bmc.task !== undefined);
      bmc.task = { TaskState: 'Interrupted', Messages: [{ Message: `fetching ${image.url}` }] };
      await eventually('it is interrupted', () => told.includes('Interrupted: fetching ***'));
      bmc.task = { TaskState: 'Completed' };
      await updating;
    });

    it('fails with the reason of the BMC, without the address of the image, and is not retried', async () => {
      const updating = update();
      await eventually('it runs', () => bmc.task !== undefined);
      bmc.task = { TaskState: 'Exception', Messages: [{ Message: `cannot fetch ${image.url}` }] };
      await expect(updating).rejects.toMatchObject({ failure: 'update', isRetryable: false });
      await expect(updating).rejects.toThrow('Exception: cannot fetch ***');
    });

    it('waits for a BMC that restarts, and judges by the version if the task is gone then', async () => {
      for (const [version, outcome] of [
        ['9.50', 'done'],
        ['9.50', 'the BMC restarted, and its bmc version is still 9.50'],
      ] as const) {
        const told: string[] = [];
        bmc.task = undefined;
        const updating = update(told).then(
          () => 'done',
          (error: Error) => error.message,
        );
        await eventually('it runs', () => bmc.task !== undefined);
        bmc.intercept = (request) => (request.socket.destroy(), true);
        await eventually('it is away', () => told.some((text) => text.includes('away')));
        bmc.sessions.clear();
        [bmc.task, bmc.bmcVersion] = [undefined, version];
        bmc.intercept = () => false;
        expect(await updating).toContain(outcome);
      }
    });

    it('is left to the BMC when the agent stops', async () => {
      const stopping = new AbortController();
      const updating = update([], stopping.signal);
      await eventually('it runs', () => bmc.task !== undefined);
      stopping.abort();
      await expect(updating).rejects.toThrow('the agent was stopped and does not follow it any longer');
    });

    it('names targets and omits the scheme for Supermicro, and looks at the state of the flash for HPE', async () => {
      bmc.vendor = 'Supermicro';
      const updating = update();
      await eventually('it runs', () => bmc.task !== undefined);
      bmc.task = { TaskState: 'Completed' };
      await updating;
      expect(bmc.bodies).toContainEqual({
        ImageURI: image.url.replace('https://', ''),
        TransferProtocol: 'HTTPS',
        Targets: ['/redfish/v1/Managers/1'],
      });
      bmc.vendor = 'HPE';
      const states = ['Updating', 'Writing', 'Complete'];
      const told: string[] = [];
      bmc.intercept = ({ url, method }, response) => {
        if (method === 'POST' && url?.endsWith('SimpleUpdate')) json(200, '{}')(response);
        else if (url === '/redfish/v1/UpdateService') {
          const action = { target: '/redfish/v1/UpdateService/Actions/UpdateService.SimpleUpdate' };
          const Hpe = { State: states.shift(), FlashProgressPercent: 30 };
          json(200, JSON.stringify({ Actions: { '#UpdateService.SimpleUpdate': action }, Oem: { Hpe } }))(response);
        } else return false;
        return true;
      };
      await update(told);
      expect(told).toEqual(['the BMC has accepted the image', 'Writing, 30 %', 'Complete']);
    });
  });

  it('writes boot overrides where AMI keeps them if the system refuses them', async () => {
    bmc.vendor = 'GIGABYTE';
    const written: string[] = [];
    bmc.intercept = ({ method, url }, response) => {
      if (method === 'PATCH') written.push(url!);
      if (method === 'PATCH' && url === '/redfish/v1/Systems/1') json(400, '{}')(response);
      else if (url === '/redfish/v1/Systems/1/SD') json(200, '{"@odata.etag":"\\"7\\""}')(response);
      else return false;
      return true;
    };
    await driver.setBootDevice(target, 'pxe', 'once');
    expect(written).toEqual(['/redfish/v1/Systems/1', '/redfish/v1/Systems/1/SD']);
  });

  it('omits the boot mode for HPE', async () => {
    bmc.vendor = 'HPE';
    await driver.setBootDevice(target, 'disk');
    expect(bmc.bodies.at(-1)).toEqual({
      Boot: { BootSourceOverrideEnabled: 'Continuous', BootSourceOverrideTarget: 'Hdd' },
    });
  });

  it('reads inventory, power draw, power supplies and sensors', async () => {
    expect(await driver.inspect(target)).toEqual({
      protocol: 'redfish',
      uuid: bmc.uuid,
      bmcVersion: '9.40',
      biosVersion: '2.1',
      isOn: true,
      isLedOn: false,
      fru: {
        chassisPartNumber: 'chassis-1',
        chassisPartSerial: 'chassis-serial-1',
        boardMfg: 'Contoso',
        boardPartNumber: 'board-1',
        productManufacturer: 'Contoso',
        productPartNumber: 'sku-1',
        productSerial: 'serial-1',
      },
      powerDraw: { average: 200, min: 150, max: 300, intervalInMin: 5 },
      powerSupplies: [
        { health: 'OK', state: 'Enabled' },
        { health: '', state: 'Absent' },
      ],
      sensors: [
        { name: 'Inlet', reading: 22, unit: 'Cel', health: 'OK' },
        { name: 'Fan 1', reading: 5400, unit: 'RPM', health: 'OK' },
      ],
    });
  });
});
