import { execFileSync } from 'node:child_process';
import { AxeBuilder } from '@axe-core/playwright';
import { chromium } from 'playwright-core';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { searchPath } from '../installed.js';

/** Debian's Chromium. Only root needs to do without its sandbox. */
export function launchChromium(): Promise<Browser> {
  const found = execFileSync('/bin/sh', ['-c', 'command -v chromium'], { env: { PATH: searchPath() } });
  return chromium.launch({
    executablePath: found.toString().trim(),
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  });
}

/** A window with a page, and everything that went wrong in it. */
export class Window {
  /** Errors and warnings of the page, such as violations of its policy. */
  readonly problems: string[] = [];
  readonly hosts = new Set<string>();

  private constructor(
    readonly context: BrowserContext,
    readonly page: Page,
  ) {}

  static async open(browser: Browser, colorScheme: 'light' | 'dark' = 'light'): Promise<Window> {
    const context = await browser.newContext({
      viewport: { width: 1400, height: 900 },
      colorScheme,
      reducedMotion: 'reduce',
    });
    const page = await context.newPage();
    const window = new Window(context, page);
    page.on('pageerror', (error) => window.problems.push(error.message));
    page.on('console', (message) => {
      // The browser logs refused and failed requests on its own; the page shows them.
      if (['error', 'warning'].includes(message.type()) && !message.text().startsWith('Failed to load resource')) {
        window.problems.push(message.text());
      }
    });
    page.on('request', (request) => window.hosts.add(new URL(request.url()).host));
    return window;
  }

  /** Violations of WCAG 2.2 A and AA on the current page, each with the elements. */
  async violations(): Promise<string[]> {
    const { violations } = await new AxeBuilder({ page: this.page })
      .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
      .analyze();
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
  }

  close(): Promise<void> {
    return this.context.close();
  }
}
