import type { Locator, Page } from 'playwright-core';

/** Milliseconds until the server has decided. */
const PATIENCE = { timeout: 60_000 };

/** The open dialog of a page, and what users do with it. */
export class FormDialog {
  readonly box: Locator;

  constructor(private readonly page: Page) {
    this.box = page.getByRole('dialog');
  }

  /** Fills fields by their labels. */
  async fill(values: Readonly<Record<string, string>>): Promise<void> {
    for (const [label, value] of Object.entries(values)) {
      await this.box.getByRole('textbox', { name: label, exact: true }).fill(value);
    }
  }

  async pick(field: string, option: string | RegExp): Promise<void> {
    await this.box.getByRole('combobox', { name: field, exact: true }).click();
    await this.page.getByRole('option', { name: option }).first().click();
  }

  /** Adds a text to a list of texts. */
  async add(field: string, text: string): Promise<void> {
    const input = this.box.getByRole('combobox', { name: field, exact: true });
    await input.fill(text);
    await input.press('Enter');
  }

  /** Presses a button, and waits until the dialog has closed; throws an Error with the reason of a refusal. */
  async confirm(verb: string): Promise<void> {
    await this.box.getByRole('button', { name: verb, exact: true }).click();
    const refusal = this.box.getByRole('alert');
    await this.page.locator(':root:not(:has([role=dialog])), [role=dialog] [role=alert]').waitFor(PATIENCE);
    if ((await refusal.count()) > 0) throw new Error(`${verb}: ${await refusal.innerText()}`);
  }
}
