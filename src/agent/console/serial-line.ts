/** The serial console of one machine, as its BMC gives it to one client at a time. */
export interface SerialLine {
  /** Whether the machine was on when the line was opened. */
  readonly isOn: boolean;
  /** Sends input to the machine. False if it has taken too little of the input before; nothing is sent then. */
  write(data: Buffer): boolean;
  /** Only at the beginning of a line of input. */
  sendBreak(): void;
  /** Resolves when the BMC may be used by the next client. Idempotent. */
  close(): Promise<void>;
}

export interface SerialLineEvents {
  /** What the machine sends, unchanged. */
  data(chunk: Buffer): void;
  /** The line has ended, for this reason; not after `close`. */
  ended(reason: string): void;
}

/** Throws an Error whose message is for operators and contains no secrets. */
export type OpenSerialLine = (machine: string, events: SerialLineEvents) => Promise<SerialLine>;
