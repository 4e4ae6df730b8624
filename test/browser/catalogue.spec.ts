import { describe, expect, it } from 'vitest';
import { ConsoleStage, THEMES } from '../support/browser/console-stage.js';
import { installed } from '../support/installed.js';

const TABS = {
  partitions: 'Partitions',
  images: 'Images',
  sizes: 'Sizes',
  constraints: 'Size image constraints',
  reservations: 'Size reservations',
  layouts: 'Filesystem layouts',
  projects: 'Projects',
  tenants: 'Tenants',
} as const;

describe.skipIf(!installed('the catalogue in a browser', 'chromium'))('the catalogue in a browser', () => {
  const ui = ConsoleStage.forSuite({ machines: 1, waiting: false });

  const tab = async (name: string): Promise<void> => {
    await ui.page.getByRole('tab', { name, exact: true }).click();
    await ui.page.getByRole('region', { name, exact: true }).waitFor();
  };

  it.each(THEMES)('has accessible tables and forms in the %s theme with %i pixels', async (scheme, width) => {
    await ui.open('catalogue', 'admin', scheme, width);
    for (const name of Object.values(TABS)) {
      await tab(name);
      await ui.expectAccessible();
    }
    await ui.button('New tenant…').click();
    await ui.expectAccessible();
  });

  /** Creates, changes and deletes an object through the forms. */
  async function liveThrough(name: string, noun: string, id: string, create: () => Promise<void>): Promise<void> {
    await tab(name);
    await ui.button(`New ${noun}…`).click();
    await create();
    await ui.dialog.confirm('Create');
    await ui.button(`Edit ${id}`).click();
    await ui.dialog.fill({ Description: `changed ${noun}` });
    await ui.dialog.confirm('Save');
    await ui.cell(`changed ${noun}`).waitFor();
    await ui.button(`Delete ${id}`).click();
    await ui.dialog.confirm('Delete');
    await ui.button(`Edit ${id}`).waitFor({ state: 'detached' });
  }

  it('is changed by admins', async () => {
    await ui.open('catalogue', 'admin');
    await liveThrough(TABS.partitions, 'partition', 'p2', async () => {
      await ui.dialog.fill({
        ID: 'p2',
        'URL of the boot image': 'http://boot/image',
        'URL of the boot kernel': 'http://boot/k',
      });
      await ui.dialog.add('NTP servers', '10.1.1.1');
    });
    await liveThrough(TABS.sizes, 'size', 's2', () => ui.dialog.fill({ ID: 's2' }));
    await liveThrough(TABS.constraints, 'size image constraint', 'c1-lab-x86', async () => {
      await ui.dialog.fill({ Size: 'c1-lab-x86' });
      await ui.dialog.add('Images', 'debian=>= 12.0.20250101');
    });
    await liveThrough(TABS.layouts, 'filesystem layout', 'l2', async () => {
      await ui.dialog.fill({ ID: 'l2' });
      await ui.dialog.add('Sizes', 's9');
      await ui.dialog.add('Images', 'debian=*');
    });
    await liveThrough(TABS.tenants, 'tenant', 'Tenant Two', () =>
      ui.dialog.fill({ ID: 't2', Name: 'Tenant Two', 'Project quota': '3' }),
    );
    await liveThrough(TABS.projects, 'project', 'Project Two', async () => {
      await ui.dialog.fill({ ID: 'p-two', Name: 'Project Two', 'Machine quota': '7' });
      await ui.dialog.pick('Tenant', /./);
    });
    await liveThrough(TABS.reservations, 'size reservation', 'reserved', async () => {
      await ui.dialog.fill({ Name: 'reserved', Machines: '1' });
      await ui.dialog.pick('Project', /project-a/);
      await ui.dialog.pick('Size', 'c1-lab-x86');
      await ui.dialog.pick('Partitions', 'lab');
      await ui.page.keyboard.press('Escape');
    });
  });

  it('keeps the quota and the version of a project that is changed twice', async () => {
    await ui.open('catalogue?tab=projects', 'admin');
    for (const quota of ['5', '6']) {
      await ui.button('Edit project-a').click();
      await ui.dialog.fill({ 'Machine quota': quota });
      await ui.dialog.confirm('Save');
      await ui.cell(`0 of ${quota}`).waitFor();
    }
  });

  it('says why an input is refused, and keeps it', async () => {
    await ui.open('catalogue?tab=sizes', 'admin');
    await ui.button('New size…').click();
    await ui.dialog.fill({ ID: 'broken', Constraints: '[{"type": ' });
    await ui.dialog.box.getByRole('button', { name: 'Create' }).click();
    await ui.dialog.box.getByText(/^Constraints: .*JSON/).waitFor();
    await ui.dialog.fill({ Constraints: '[{"type":"memory","min":5,"max":4}]' });
    await ui.dialog.box.getByRole('button', { name: 'Create' }).click();
    await ui.dialog.box.getByText(/request [\w-]+/).waitFor();
    expect(await ui.dialog.box.getByRole('textbox', { name: 'ID' }).inputValue()).toBe('broken');
    await ui.expectAccessible();
  });

  it('marks images that expire', async () => {
    const rest = ui.demo.rest('admin');
    const [known] = await rest.get<{ url: string }[]>('v1/image');
    const expirationDate = new Date(Date.now() + 3 * 86_400_000).toISOString();
    await rest.put('v1/image', { id: 'debian-11.0.20250101', url: known!.url, features: ['machine'], expirationDate });
    await ui.open('catalogue?tab=images', 'viewer');
    await ui.cell(new RegExp(`^! ${expirationDate.slice(0, 10)}, in 2 d`)).waitFor();
  });

  it('lets editors change only reservations, and viewers nothing', async () => {
    await ui.open('catalogue?tab=reservations', 'editor');
    await ui.button('New size reservation…').waitFor();
    await tab(TABS.sizes);
    expect(await ui.button(/^(New|Edit|Delete)/).count()).toBe(0);
    await ui.open('catalogue', 'viewer');
    for (const name of Object.values(TABS)) {
      await tab(name);
      expect(await ui.button(/^(New|Edit|Delete)/).count()).toBe(0);
    }
  });
});
