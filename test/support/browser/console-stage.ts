import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import type { Role } from '../../../src/platform/auth/role.js';
import { eventually } from '../eventually.js';
import { launchChromium, Window } from './browser.js';
import { CuttableProxy } from './cuttable-proxy.js';
import { DemoProcess } from './demo-process.js';
import { FormDialog } from './form-dialog.js';

export const MACHINES = 8;

/** Timeout for slow steps of the simulated partition, in milliseconds. */
export const PATIENCE = { timeout: 60_000 };

/** Milliseconds for a demo and a browser to start, and for the machines to wait. */
const START = 180_000;

export interface MachineAnswer {
  readonly id: string;
  readonly allocation?: { readonly hostname: string } | null;
  readonly events: { readonly log: readonly { readonly event: string }[] };
}

interface StageOptions {
  readonly machines?: number;
  /** Settings of the server. */
  readonly variables?: () => Readonly<Record<string, string>>;
  /** Whether the tests need machines that wait for an allocation. */
  readonly waiting?: boolean;
  /** Hosts with which the browser may speak, in addition to the server. */
  readonly hosts?: () => readonly string[];
}

/** Themes and widths in which every page is looked at. */
export const THEMES = [
  ['light', 1400],
  ['dark', 800],
] as const;

/** A demo, a browser, and a cable between them. Each test has a new window, which must end without a problem. */
export class ConsoleStage {
  browser!: Browser;
  demo!: DemoProcess;
  proxy!: CuttableProxy;
  window!: Window;

  private constructor(private readonly options: StageOptions) {}

  /** Prepares the stage for the tests of the current suite. */
  static forSuite(options: StageOptions = {}): ConsoleStage {
    const stage = new ConsoleStage(options);
    beforeAll(() => stage.start(), START);
    afterAll(() => stage.stop());
    beforeEach(async () => void (stage.window = await Window.open(stage.browser)));
    afterEach(() => stage.closeWindow());
    return stage;
  }

  get page(): Page {
    return this.window.page;
  }

  machines(): Promise<readonly MachineAnswer[]> {
    return this.demo.rest('viewer').get<MachineAnswer[]>('v1/machine');
  }

  /** The ID of a machine that waits for an allocation. */
  async freeMachine(): Promise<string> {
    return (await this.machines()).find((machine) => !machine.allocation && isWaiting(machine))!.id;
  }

  /** Replaces the window by one with this colour scheme. */
  async useTheme(scheme: 'light' | 'dark', width = 1400): Promise<void> {
    await this.window.close();
    this.window = await Window.open(this.browser, scheme);
    await this.page.setViewportSize({ width, height: 900 });
  }

  /** Opens a path of the console in a new window. */
  async open(path: string, role: Role, scheme: 'light' | 'dark' = 'light', width = 1400): Promise<void> {
    await this.closeWindow();
    await this.useTheme(scheme, width);
    await this.visit(path, role);
  }

  /** Opens a path of the console, signed in, and waits until it is current. */
  async visit(path = '', role: Role = 'admin'): Promise<void> {
    await this.page.goto(`${this.proxy.url}console/${path}#token=${this.demo.token(role)}`);
    await this.freshness('Live');
  }

  /** Waits until the address of the page is this path; the page writes it a moment after it has changed. */
  isAt(path: string): Promise<void> {
    return this.page.waitForURL(({ href }) => href === `${this.proxy.url}${path}`, PATIENCE);
  }

  freshness(text: string): Promise<void> {
    return this.page.locator('.freshness', { hasText: text }).waitFor(PATIENCE);
  }

  heading(name: string | RegExp): Promise<void> {
    return this.page.getByRole('heading', { level: 1, name }).waitFor(PATIENCE);
  }

  text(text: string | RegExp): Promise<void> {
    return this.page.getByText(text).first().waitFor(PATIENCE);
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole('button', { name, exact: typeof name === 'string' });
  }

  cell(name: string | RegExp): Locator {
    return this.page.getByRole('cell', { name, exact: typeof name === 'string' });
  }

  get dialog(): FormDialog {
    return new FormDialog(this.page);
  }

  async expectAccessible(): Promise<void> {
    expect(await this.window.violations()).toEqual([]);
  }

  async choose(menu: string, item: string | RegExp): Promise<void> {
    await this.button(menu).click();
    await this.page.getByRole('menuitem', { name: item }).click();
  }

  /** Chooses an option of a field. */
  async pick(field: string | RegExp, option: string | RegExp): Promise<void> {
    await this.page.getByRole('combobox', { name: field }).click();
    await this.page.getByRole('option', { name: option }).first().click();
  }

  /** Waits until the last action has come so far. */
  progress(text: RegExp): Promise<void> {
    return this.page.locator('.action-progress', { hasText: text }).waitFor(PATIENCE);
  }

  notice(text: string | RegExp): Promise<void> {
    return this.page.locator('.notices').getByText(text).first().waitFor(PATIENCE);
  }

  private async closeWindow(): Promise<void> {
    const { problems, hosts } = this.window;
    await this.window.close();
    expect(problems).toEqual([]);
    const allowed = [new URL(this.proxy.url).host, ...(this.options.hosts?.() ?? [])];
    expect([...hosts].filter((host) => !allowed.includes(host))).toEqual([]);
  }

  private async start(): Promise<void> {
    const { machines = MACHINES, variables, waiting = true } = this.options;
    const demo = DemoProcess.start(machines, variables?.());
    [this.browser, this.demo] = await Promise.all([launchChromium(), demo]);
    this.proxy = await CuttableProxy.start(this.demo.port);
    const all = async (): Promise<boolean> => (await this.machines()).filter(isWaiting).length === machines;
    if (waiting) await eventually('all machines wait', all, 60_000);
  }

  private async stop(): Promise<void> {
    await this.browser?.close();
    await this.proxy?.stop();
    await this.demo?.remove();
  }
}

const isWaiting = ({ events }: MachineAnswer): boolean => events.log[0]?.event === 'Waiting';
