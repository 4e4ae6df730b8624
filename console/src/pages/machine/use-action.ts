import { useCallback, useEffect, useRef, useState } from 'react';
import type { Command } from '../../api/types.js';
import { useNotices } from '../../components/notices.js';
import { useAll } from '../../live/use-live.js';
import { commandName, isFinal } from '../../machines/commands.js';

/** Something that was done to the machine in this tab. */
export interface Step {
  readonly title: string;
  /** Name of the command that the action adds to the journal; undefined when it adds none. */
  readonly command: string | undefined;
  /** Journal entries that were there before. */
  readonly before: ReadonlySet<string>;
}

export interface Progress {
  readonly title: string;
  /** The journal entry; undefined until it arrives. */
  readonly entry: Command | undefined;
}

/** Runs actions on a machine, and follows the journal entry of the last one until it has ended. */
export function useAction(machine: string): {
  readonly run: (title: string, command: string | undefined, action: () => Promise<unknown>) => Promise<boolean>;
  readonly progress: Progress | undefined;
  readonly isBusy: boolean;
  readonly forget: () => void;
} {
  const commands = useAll('command');
  const mine = useRef<readonly Command[]>([]);
  const notices = useNotices();
  const [step, setStep] = useState<Step>();
  const [isBusy, setBusy] = useState(false);
  const journal = commands.filter((command) => command.machine === machine);
  useEffect(() => void (mine.current = journal));

  const run = useCallback(
    async (title: string, command: string | undefined, action: () => Promise<unknown>) => {
      const before = new Set(mine.current.map(({ id }) => id));
      setBusy(true);
      try {
        await action();
        setStep(command === undefined ? undefined : { title, command, before });
        if (command === undefined) notices.done(`${title}: done`);
        return true;
      } catch (error) {
        notices.failed(title, error);
        return false;
      } finally {
        setBusy(false);
      }
    },
    [notices],
  );
  const forget = useCallback(() => setStep(undefined), []);
  const entry =
    step &&
    journal
      .filter((command) => !step.before.has(command.id) && commandName(command) === step.command)
      .sort((a, b) => (a.created < b.created ? 1 : -1))[0];
  return { run, progress: step && { title: step.title, entry }, isBusy, forget };
}

export const hasEnded = ({ entry }: Progress): boolean => entry !== undefined && isFinal(entry);
