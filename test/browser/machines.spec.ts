import { describe, expect, it } from 'vitest';
import { ConsoleStage, PATIENCE } from '../support/browser/console-stage.js';
import { installed } from '../support/installed.js';

describe.skipIf(!installed('console in a browser', 'chromium'))('machines in the console', () => {
  const stage = ConsoleStage.forSuite();

  describe('a machine', () => {
    it.each(['light', 'dark'] as const)(
      'is shown with wiring, hardware and life cycle in the %s theme',
      async (scheme) => {
        await stage.useTheme(scheme);
        await stage.visit(`machines/${await stage.freeMachine()}`);
        await stage.page.getByRole('img', { name: /eth0 to Ethernet\d+ of lab-rack-1-leaf-1, .*eth1 to/ }).waitFor();
        await stage.page.getByText('Simulated CPU').waitFor();
        await stage.page.locator('.timeline', { hasText: 'PXE Booting' }).waitFor();
        expect(await stage.window.violations()).toEqual([]);
      },
    );

    it('accepts commands, and shows their results', async () => {
      await stage.visit(`machines/${await stage.freeMachine()}`, 'editor');
      await stage.choose('Power', 'Identify LED on');
      await stage.progress(/Identify LED on: .*done/);
      await stage.page.getByText('LED on', { exact: true }).waitFor();
      await stage.choose('Power', 'Power off');
      expect(await stage.window.violations()).toEqual([]);
      await stage.page.getByRole('dialog').getByRole('button', { name: 'Power off' }).click();
      await stage.progress(/Power off: .*done/);
      for (const [item, asks] of [
        ['Boot from the network next time', false],
        ['Boot from disk', false],
        ['Boot into the BIOS next time', false],
        ['Boot from the network', false],
        ['Power on', false],
        ['Shut down', true],
        ['Power on', false],
        ['Reset', true],
        ['Power-cycle', true],
        ['Identify LED off', false],
      ] as const) {
        await stage.choose('Power', new RegExp(`^${item}…?$`));
        if (asks) await stage.page.getByRole('dialog').getByRole('button', { name: item }).click();
        await stage.progress(new RegExp(`${item}.*: .*done`));
      }
      const journal = stage.page.getByRole('region', { name: 'Command journal' });
      for (const command of ['LED-ON', 'OFF', 'PXE', 'DISK', 'BIOS', 'ON', 'RESET', 'CYCLE', 'LED-OFF']) {
        await journal.getByRole('cell', { name: command, exact: true }).first().waitFor();
      }
    });

    it('is locked and reserved for a reason', async () => {
      await stage.visit(`machines/${await stage.freeMachine()}`, 'editor');
      for (const [verb, state, back] of [
        ['Lock', 'Locked', 'Unlock'],
        ['Reserve', 'Reserved', 'End the reservation'],
      ] as const) {
        await stage.choose('Manage', new RegExp(`^${verb}`));
        const dialog = stage.page.getByRole('dialog');
        expect(await dialog.getByRole('button', { name: verb }).isDisabled()).toBe(true);
        await dialog.getByLabel('Reason').fill(`why we ${verb}`);
        await stage.page.keyboard.press('Enter');
        await stage.page.getByText(`why we ${verb}`).waitFor(PATIENCE);
        await stage.page.locator('.state-badge', { hasText: state }).waitFor(PATIENCE);
        await stage.choose('Manage', back);
        await stage.page.getByText(`why we ${verb}`).waitFor({ state: 'detached', ...PATIENCE });
      }
    });

    it('is deleted from the database by an admin who types its ID', async () => {
      const id = '00000000-0000-4000-8000-00000000dead';
      const report = { BMCIp: '10.255.255.1', PowerState: 'OFF', IndicatorLEDState: 'LED-OFF' };
      await stage.demo.rest('editor').post('v1/machine/ipmi', { partitionid: 'lab', reports: { [id]: report } });
      await stage.visit(`machines/${id}`);
      await stage.choose('Manage', /Delete/);
      const dialog = stage.page.getByRole('dialog');
      const confirm = dialog.getByRole('button', { name: 'Delete' });
      await dialog.getByLabel(/Type the ID/).fill(id.slice(0, -1));
      expect(await confirm.isDisabled()).toBe(true);
      await dialog.getByLabel(/Type the ID/).fill(id);
      await confirm.click();
      await stage.page.getByRole('heading', { name: 'Fleet' }).waitFor(PATIENCE);
      await stage.page.goto(`${stage.proxy.url}console/machines/${id}`);
      await stage.page.getByRole('heading', { name: 'No such machine' }).waitFor();
    });

    it('shows why it was refused, and stays unchanged', async () => {
      const id = await stage.freeMachine();
      await stage.visit(`machines/${id}`);
      await stage.choose('Manage', /Delete/);
      await stage.page
        .getByRole('dialog')
        .getByLabel(/Type the ID/)
        .fill(id);
      await stage.page.keyboard.press('Enter');
      await stage.notice(/Delete from the database: .*\(request [\w-]+\)/);
      expect(await stage.window.violations()).toEqual([]);
      expect((await stage.machines()).some((machine) => machine.id === id)).toBe(true);
    });

    it('offers nothing to a viewer', async () => {
      await stage.visit(`machines/${await stage.freeMachine()}`, 'viewer');
      expect(await stage.button('Power').count()).toBe(0);
      expect(await stage.button('Manage').count()).toBe(0);
      expect(await stage.page.getByRole('link', { name: 'Allocate' }).count()).toBe(0);
      await stage.page.goto(`${stage.proxy.url}console/allocate`);
      await stage.page.getByText('Allocations need the role editor.').waitFor();
    });
  });

  describe('allocating', () => {
    it('explains the request, allocates, and follows the machine until it is freed', async () => {
      const project = (await stage.demo.rest('viewer').get<{ meta: { id: string } }[]>('v1/project'))
        .map(({ meta }) => meta.id)
        .find((id) => id === 'project-a')!;
      await stage.demo
        .rest('editor')
        .post('v1/network/allocate', { partitionid: 'lab', projectid: project, name: 'net-a' });
      await stage.visit('allocate', 'editor');
      await stage.page.getByText('Choose a project, an image and a network.').waitFor();
      await stage.pick('Project', /project-a/);
      await stage.pick('Partition', /lab/);
      await stage.pick('Size', /c1/);
      await stage.pick('Image', /debian/);
      await stage.pick(/^Networks/, 'internet');
      await stage.page.keyboard.press('Escape');
      await stage.page.getByText('no private network given').waitFor(PATIENCE);
      await stage.pick(/^Networks/, /net-a/);
      await stage.page.keyboard.press('Escape');
      await stage.page.getByText(/equally good machines is chosen at random/).waitFor(PATIENCE);
      await stage.page.getByLabel('Host name').fill('browser-1');
      await stage.page.getByLabel('Name', { exact: true }).fill("it's a browser");
      await stage.page.locator('.line', { hasText: String.raw`--name 'it'\''s a browser'` }).waitFor();
      expect(await stage.window.violations()).toEqual([]);
      await stage.button('Allocate the machine').click();
      await stage.page.waitForURL('**/console/machines/*', PATIENCE);
      await stage.page.getByRole('heading', { name: 'browser-1' }).waitFor(PATIENCE);
      await stage.page.locator('.state-badge', { hasText: 'Allocated' }).waitFor(PATIENCE);
      await stage.page.locator('.wiring', { hasText: /vrf\d+.*vrf\d+/ }).waitFor(PATIENCE);
      await stage.page.getByRole('cell', { name: /net-a/ }).waitFor();
      expect(await stage.window.violations()).toEqual([]);

      await stage.choose('Manage', /Reinstall/);
      await stage.page.getByRole('dialog').getByRole('button', { name: 'Reinstall' }).click();
      await stage.progress(/Reinstall: .*done/);
      await stage.page.locator('.state-badge', { hasText: 'Installing' }).waitFor(PATIENCE);
      await stage.page.locator('.state-badge', { hasText: 'Allocated' }).waitFor(PATIENCE);

      await stage.choose('Manage', /Free/);
      await stage.page.getByRole('dialog').getByRole('button', { name: 'Free' }).click();
      await stage.progress(/Free: .*done/);
      await stage.page.getByText('The machine is free.').waitFor(PATIENCE);
      await stage.page.locator('.state-badge', { hasText: 'Waiting' }).waitFor(PATIENCE);
    });

    it('shows why a request is refused', async () => {
      await stage.visit('allocate', 'editor');
      await stage.page.getByText('Firewall', { exact: true }).click();
      await stage.pick('Project', /project-b/);
      await stage.pick('Partition', /lab/);
      await stage.pick('Size', /c1/);
      await stage.pick('Image', /firewall/);
      await stage.pick(/^Networks/, 'internet');
      await stage.page.keyboard.press('Escape');
      await stage.page.getByText('Refused', { exact: true }).waitFor(PATIENCE);
      await stage.button('Allocate the firewall').click();
      await stage.notice(/^Allocate: /);
      expect(stage.page.url()).toContain('/console/allocate');
    });
  });
});
