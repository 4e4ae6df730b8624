import { beforeAll, describe, expect, it } from 'vitest';
import { ConsoleStage, THEMES } from '../support/browser/console-stage.js';
import { eventually } from '../support/eventually.js';
import { installed } from '../support/installed.js';

interface SwitchAnswer {
  readonly id: string;
  readonly mode: string;
  readonly description: string;
  readonly nics: readonly { readonly name: string; readonly admin_status: string }[];
  readonly connections: readonly unknown[];
}

const LEAF = 'lab-rack-1-leaf-1';
const MACHINES = 2;

describe.skipIf(!installed('switches in a browser', 'chromium'))('switches in a browser', () => {
  const ui = ConsoleStage.forSuite({ machines: MACHINES, waiting: false });
  const leaf = (id = LEAF): Promise<SwitchAnswer> => ui.demo.rest('viewer').get<SwitchAnswer>(`v1/switch/${id}`);
  const register = (id: string, names: readonly string[], vendor: string): Promise<unknown> =>
    ui.demo.rest('editor').post('v1/switch/register', {
      ...{ id, name: id, partition_id: 'lab', rack_id: 'lab-rack-1', os: { vendor, version: '5' } },
      nics: names.map((name, index) => ({ name, identifier: name, mac: `02:aa:00:00:00:0${index}`, actual: 'UP' })),
    });

  beforeAll(async () => {
    await eventually('both machines are connected', async () => (await leaf()).connections.length === MACHINES, 60_000);
  });

  it.each(THEMES)('stand in pairs, accessible in the %s theme with %i pixels', async (scheme, width) => {
    await ui.open('switches', 'admin', scheme, width);
    await ui.page.getByRole('region', { name: LEAF }).getByText(`${MACHINES} connected`).waitFor();
    await ui.expectAccessible();
    await ui.page.getByRole('link', { name: LEAF }).click();
    await ui.heading(LEAF);
    await ui.page.getByRole('region', { name: 'Ports' }).getByRole('link').first().waitFor();
    await ui.expectAccessible();
  });

  it('show the error of their agent until it succeeds', async () => {
    await ui.open(`switches/${LEAF}`, 'viewer');
    const notify = (error: string | null): Promise<unknown> =>
      ui.demo.rest('editor').post(`v1/switch/${LEAF}/notify`, { sync_duration: 5_000_000, error, port_states: {} });
    await notify('frr is on fire');
    await ui.text(/✕ frr is on fire/);
    await notify(null);
    await ui.page.getByText(/✕ frr is on fire/).waitFor({ state: 'detached' });
    await ui.text(/frr is on fire/);
  });

  it('have their ports toggled by admins', async () => {
    await ui.open(`switches/${LEAF}`, 'admin');
    const port = (await leaf()).nics[0]!.name;
    const status = async (): Promise<string | undefined> =>
      (await leaf()).nics.find(({ name }) => name === port)?.admin_status;
    await ui.button(`Shut down ${port}`).click();
    await ui.expectAccessible();
    await ui.dialog.confirm('Shut down');
    expect(await status()).toBe('DOWN');
    await ui.cell(/shut \(/).waitFor();
    await ui.button(`Bring up ${port}`).click();
    await ui.dialog.confirm('Bring up');
    expect(await status()).toBe('UP');
  });

  it('are changed and replaced, with a preview', async () => {
    await ui.open(`switches/${LEAF}`, 'admin');
    await ui.button('Edit…').click();
    await ui.dialog.fill({ Description: 'near the door' });
    await ui.dialog.confirm('Save');
    await ui.text('near the door');
    await ui.button('Replace…').click();
    const preview = ui.dialog.box.getByRole('region', { name: 'What will change' });
    expect(await preview.getByRole('row').count()).toBe(MACHINES + 1);
    await ui.dialog.confirm('Replace');
    await ui.text('waits for its replacement');
    expect((await leaf()).mode).toBe('replace');
    await ui.button('Cancel the replacement').click();
    await ui.page.getByText('waits for its replacement').waitFor({ state: 'detached' });
    expect(await leaf()).toMatchObject({ mode: 'operational', description: 'near the door' });
  });

  it('are migrated to a switch of another vendor, with a preview', async () => {
    await register('too-small', ['swp1s0'], 'Cumulus');
    await ui.open(`switches/${LEAF}`, 'admin');
    await ui.button('Migrate…').click();
    await ui.text(/The new switch has no ports for Ethernet/);
    await ui.expectAccessible();
    await ui.page.keyboard.press('Escape');
    const lanes = (await leaf()).nics.map(({ name }) => Number(name.replace('Ethernet', '')));
    const names = lanes.map((lane) => `swp${Math.floor(lane / 4) + 1}${lane % 4 ? `s${lane % 4}` : ''}`);
    await register('successor', names, 'Cumulus');
    await ui.button('Migrate…').click();
    await ui.dialog.pick('New switch', 'successor');
    const row = ui.dialog.box.getByRole('row').filter({ hasText: 'Ethernet0' });
    await row.getByRole('cell', { name: 'swp1' }).waitFor();
    await ui.dialog.confirm('Migrate');
    expect((await leaf('successor')).connections).toHaveLength(MACHINES);
    expect((await leaf()).connections).toHaveLength(0);
    await ui.button('Delete…').click();
    await ui.dialog.confirm('Delete');
    await ui.heading('Switches');
  });

  it('offer nothing to viewers', async () => {
    await ui.open('switches/lab-rack-1-leaf-2', 'viewer');
    await ui.heading('lab-rack-1-leaf-2');
    expect(await ui.button(/Edit|Replace|Migrate|Delete|Shut|Bring/).count()).toBe(0);
  });
});
