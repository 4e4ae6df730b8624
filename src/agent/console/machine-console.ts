import type { Caller } from './caller.js';
import type { OpenSerialLine, SerialLine } from './serial-line.js';

/** Why a session has ended; the label of metrics. */
export type EndReason = 'left' | 'disconnected' | 'idle' | 'tenancy' | 'api' | 'bmc' | 'input' | 'refused' | 'shutdown';

/** One session on a console. */
export interface Participant {
  readonly caller: Caller;
  /** Shows what the machine sends. */
  show(data: Buffer): void;
  /** Shows a line of the console server. */
  say(text: string): void;
  /** Shows why, and ends the session. Idempotent. */
  end(reason: EndReason, text: string): void;
}

/**
 * The console of one machine while it is used. All participants see what the machine sends; one of them writes. The line is
 * opened for the first, and closed after the last.
 */
export class MachineConsole {
  private readonly members = new Set<Participant>();
  private writer: Participant | undefined;
  private line: SerialLine | undefined;
  private readonly opening: Promise<SerialLine | undefined>;
  private closing: Promise<void> | undefined;

  constructor(
    readonly machine: string,
    open: OpenSerialLine,
    private readonly isOver: () => void,
  ) {
    const events = {
      data: (chunk: Buffer): void => this.members.forEach((member) => member.show(chunk)),
      ended: (reason: string): void => this.fail(reason),
    };
    this.opening = open(machine, events).then(
      (line) => this.opened(line),
      (error: Error) => this.fail(error.message),
    );
  }

  get participants(): readonly Participant[] {
    return [...this.members];
  }

  /** Settles when the console is over; undefined while it can be joined. */
  get over(): Promise<void> | undefined {
    return this.closing;
  }

  join(participant: Participant): void {
    this.members.add(participant);
    if (this.writer === undefined) this.writer = participant;
    else
      participant.say(
        `${nameOf(this.writer, participant)} writes, you read along; Enter ~w takes over, Enter ~. leaves`,
      );
    if (this.line !== undefined) this.greet(participant, this.line);
  }

  /** Idempotent. The one that has waited longest writes next. */
  leave(participant: Participant): void {
    if (!this.members.delete(participant)) return;
    if (this.writer === participant) {
      [this.writer] = this.members;
      this.writer?.say('the other session has ended, you write now');
    }
    if (this.members.size === 0) this.close();
  }

  /** Operators may take over from everybody, tenants from tenants. */
  takeOver(participant: Participant): void {
    const { writer } = this;
    if (writer === participant || writer === undefined) return participant.say('you write already');
    if (participant.caller.kind === 'tenant' && writer.caller.kind === 'operator')
      return participant.say('an operator writes, who keeps the console until the session ends');
    this.writer = participant;
    writer.say(`${nameOf(participant, writer)} has taken over, you read along; Enter ~w takes it back`);
    participant.say('you write now');
  }

  /** What a participant types; ignored unless it is the one that writes. False if the machine takes too little of it. */
  write(participant: Participant, data: Buffer): boolean {
    return participant !== this.writer || this.line === undefined || this.line.write(data);
  }

  sendBreak(participant: Participant): void {
    if (participant !== this.writer) return participant.say('you read along and cannot send a break');
    this.line?.sendBreak();
    participant.say('break sent');
  }

  private opened(line: SerialLine): SerialLine {
    this.line = line;
    if (this.closing === undefined) this.members.forEach((member) => this.greet(member, line));
    return line;
  }

  private greet(member: Participant, { isOn }: SerialLine): void {
    member.say(`connected; Enter ~. leaves, Enter ~? shows help${isOn ? '' : '. The machine is powered off'}`);
  }

  private fail(reason: string): undefined {
    for (const member of this.participants) member.end('bmc', `the serial console has ended: ${reason}`);
    this.close();
  }

  private close(): void {
    this.closing ??= this.opening
      .then((line) => line?.close())
      .then(
        () => this.isOver(),
        () => this.isOver(),
      );
  }
}

/** Tenants do not learn the accounts of operators. */
const nameOf = ({ caller }: Participant, reader: Participant): string => {
  if (caller.kind === 'tenant') return caller.method === 'password' ? 'a user with the console password' : caller.label;
  return reader.caller.kind === 'operator' ? caller.label : 'an operator';
};
