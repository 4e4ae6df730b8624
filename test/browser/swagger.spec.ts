import { describe, expect, it } from 'vitest';
import { ConsoleStage, PATIENCE } from '../support/browser/console-stage.js';
import { installed } from '../support/installed.js';

describe.skipIf(!installed('Swagger UI in a browser', 'chromium'))('Swagger UI', () => {
  const stage = ConsoleStage.forSuite({ machines: 1, waiting: false });

  it('shows both documents, with roles and recorded examples', async () => {
    await stage.page.goto(`${stage.proxy.url}swagger`);
    await stage.page.locator('#operations-machine-findMachine, #operations-tag-machine').first().waitFor(PATIENCE);
    await stage.page.locator('select#select').selectOption({ label: 'for operators' });
    await stage.page.locator('#operations-tag-commands').click();
    await stage.page.locator('#operations-commands-listCommands button').first().click();
    await stage.page.getByText('Needs the role viewer.').first().waitFor(PATIENCE);
    await stage.page.locator('#operations-commands-listCommands').getByText('"graceful"').first().waitFor(PATIENCE);
    expect(await stage.page.title()).toBe('metal-api');
  });
});
