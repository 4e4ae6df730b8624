import type { Page, Route } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { ConsoleStage, THEMES } from '../support/browser/console-stage.js';
import { eventually } from '../support/eventually.js';
import { installed } from '../support/installed.js';

interface Entity {
  readonly id: string;
}

/** Lets the server execute the next request, and the browser never learn of it. */
async function loseAnswer(page: Page, path: string): Promise<void> {
  const lose = async (route: Route): Promise<void> => {
    await route.fetch();
    await route.abort();
  };
  await page.route(path, lose, { times: 1 });
}

const STORAGE = 'network.metal-stack.io/partition-storage';

describe.skipIf(!installed('networks in a browser', 'chromium'))('networks in a browser', () => {
  const ui = ConsoleStage.forSuite({ machines: 3, waiting: false });
  let storage: string;
  let own: string;

  beforeAll(async () => {
    const rest = ui.demo.rest('editor');
    const allocate = (body: object): Promise<Entity> =>
      rest.post<Entity>('v1/network/allocate', { partitionid: 'lab', ...body });
    own = (await allocate({ projectid: 'project-a', name: 'own' })).id;
    storage = (await allocate({ projectid: 'project-b', name: 'storage', shared: true, labels: { [STORAGE]: '' } })).id;
    const firewall = {
      ...{ projectid: 'project-a', partitionid: 'lab', sizeid: 'c1-lab-x86', imageid: 'firewall-debian-12.0' },
      hostname: 'fw-a',
      networks: [own, 'internet', storage].map((networkid) => ({ networkid, autoacquire: true })),
    };
    const allocateFirewall = async (): Promise<boolean> => {
      try {
        await rest.post('v1/firewall/allocate', firewall);
        return true;
      } catch (error) {
        expect(String(error)).toContain('no machine available');
        return false;
      }
    };
    await eventually('a machine waits and becomes a firewall', allocateFirewall, 60_000);
  });

  it.each(THEMES)('are a tree, accessible in the %s theme with %i pixels', async (scheme, width) => {
    await ui.open('networks', 'admin', scheme, width);
    await ui.page.getByRole('link', { name: 'storage' }).waitFor();
    await ui.expectAccessible();
    await ui.page.getByRole('button', { name: 'What is below private super network' }).press('Enter');
    await ui.page.getByRole('link', { name: 'storage' }).waitFor({ state: 'detached' });
    await ui.page.getByRole('textbox', { name: 'Filter' }).fill('inter');
    await ui.page.getByRole('link', { name: 'private super network' }).waitFor({ state: 'detached' });
    expect(ui.page.url()).toContain('filter=inter');
  });

  it.each(THEMES)('show who shares them, and a map of their prefixes, in the %s theme', async (scheme, width) => {
    await ui.open(`networks/${storage}`, 'admin', scheme, width);
    const user = ui.page.getByRole('region', { name: 'user project-a' });
    await user.getByRole('link', { name: 'fw-a' }).waitFor();
    await user.getByRole('link', { name: 'own' }).waitFor();
    await ui.expectAccessible();
    const grid = ui.page.getByRole('grid');
    await grid.getByRole('gridcell').first().focus();
    await ui.page.keyboard.press('Enter'); // zooms in to where the addresses are
    await grid
      .getByRole('gridcell', { name: /ephemeral address/ })
      .first()
      .waitFor();
    await ui.expectAccessible();
    await ui.page.keyboard.press('Backspace');
    await grid
      .getByRole('gridcell', { name: /ephemeral address/ })
      .first()
      .waitFor();
  });

  it('lead from the map of a super network to its children', async () => {
    await ui.open('networks/lab-super', 'viewer');
    await ui.page.getByRole('gridcell', { name: /: child network own of project project-a$/ }).click();
    await ui.heading('own');
  });

  it('are allocated and freed by editors', async () => {
    await ui.open('networks', 'editor');
    expect(await ui.button('New network…').count()).toBe(0);
    await ui.button('Allocate a child network…').click();
    await ui.dialog.pick('Project', /project-a/);
    await ui.dialog.fill({ Name: 'from-browser', 'IPv4 prefix length': '40' });
    await ui.dialog.box.getByRole('button', { name: 'Allocate' }).click();
    await ui.dialog.box.getByRole('alert').waitFor();
    await ui.expectAccessible();
    await ui.dialog.fill({ 'IPv4 prefix length': '28' });
    await ui.dialog.add('Labels', 'team=blue');
    await ui.dialog.confirm('Allocate');
    await ui.heading('from-browser');
    await ui.text('team=blue');

    await ui.button('Allocate an address…').click();
    await ui.dialog.pick('Type', /ephemeral/);
    await ui.dialog.fill({ Name: 'one' });
    await ui.dialog.add('Tags', 'a=b');
    await loseAnswer(ui.page, '**/v1/ip/allocate');
    await ui.dialog.box.getByRole('button', { name: 'Allocate' }).click();
    await ui.dialog.box.getByText('the server cannot be reached').waitFor();
    await ui.dialog.confirm('Allocate');
    await ui.cell('one').waitFor();
    expect(await ui.demo.rest('editor').post('v1/ip/find', { name: 'one' })).toHaveLength(1);
    await ui.page.getByRole('gridcell', { name: /ephemeral address one/ }).waitFor();
    await ui.button(/^Edit \d/).click();
    await ui.dialog.pick('Type', 'static');
    await ui.dialog.fill({ Name: 'two' });
    await ui.dialog.confirm('Save');
    await ui.cell('two').waitFor();
    await ui.cell('static').waitFor();
    await ui.button('Free…').click();
    await ui.dialog.box.getByRole('button', { name: 'Free' }).click();
    await ui.page.getByRole('alert').first().waitFor(); // it has an address
    await ui.page.keyboard.press('Escape');
    await ui.button(/^Free \d/).click();
    await ui.dialog.confirm('Free');
    await ui.text('No address is allocated.');
    await ui.button('Free…').click();
    await ui.dialog.confirm('Free');
    await ui.heading('Networks');
    await ui.page.getByRole('link', { name: 'from-browser' }).waitFor({ state: 'detached' });
  });

  it('are created, changed and deleted by admins', async () => {
    await ui.open('networks', 'admin');
    await ui.button('New network…').click();
    await ui.dialog.fill({ ID: 'v6', Name: 'services' });
    await ui.dialog.add('Prefixes', '2001:db8:7::/48');
    await ui.dialog.add('Destination prefixes', '::/0');
    await ui.dialog.confirm('Create');
    await ui.heading('services');
    await ui.button('Edit…').click();
    await ui.dialog.fill({ Name: 'renamed' });
    await ui.dialog.confirm('Save');
    await ui.heading('renamed');
    await ui.button('Delete…').click();
    await ui.dialog.confirm('Delete');
    await ui.heading('Networks');
    const all = await ui.demo.rest('viewer').get<Entity[]>('v1/network');
    expect(all.some(({ id }) => id === 'v6')).toBe(false);
  });

  it('offer nothing to viewers', async () => {
    await ui.open(`networks/${own}`, 'viewer');
    await ui.heading('own');
    await ui.page.getByRole('region', { name: 'Addresses', exact: true }).waitFor();
    expect(await ui.button(/^(Allocate|Edit|Free|Delete|New)\b/).count()).toBe(0);
  });
});
