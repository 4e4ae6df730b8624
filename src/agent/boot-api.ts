/** An event of a machine. Its time is that of the sender, which the server does not evaluate. */
export interface MachineEvent {
  readonly event: string;
  readonly message: string;
  readonly time?: { readonly seconds: number; readonly nanos: number };
}

/** The gRPC calls of machines and leaf switches (docs/reference/grpc.md), in plain TypeScript types. */
export interface BootApi {
  dhcp(uuid: string): Promise<void>;
  boot(mac: string, partitionId: string): Promise<{ kernel: string; initRamDisks: string[]; cmdline?: string }>;
  superUserPassword(): Promise<{ featureDisabled: boolean; superUserPassword: string }>;
  register(request: RegisterRequest): Promise<{ uuid: string; size: string; partitionId: string }>;
  /** Resolves when the machine is allocated; rejects when the stream breaks or `signal` aborts. */
  wait(machineId: string, signal: AbortSignal): Promise<void>;
  report(request: ReportRequest): Promise<void>;
  abortReinstall(uuid: string, primaryDiskWiped: boolean): Promise<void>;
  /** Returns the IDs of machines whose events were rejected. */
  send(events: Readonly<Record<string, MachineEvent>>): Promise<string[]>;
  close(): void;
}

export interface RegisterNic {
  readonly mac: string;
  readonly name: string;
  readonly identifier: string;
  readonly hostname: string;
  readonly neighbors: readonly RegisterNic[];
}

export interface RegisterRequest {
  readonly uuid: string;
  readonly partitionId: string;
  readonly metalHammerVersion: string;
  readonly tags: readonly string[];
  readonly hardware: {
    /** Bytes. */
    readonly memory: number;
    readonly cpus: readonly { vendor: string; model: string; cores: number; threads: number }[];
    readonly gpus: readonly { vendor: string; model: string }[];
    readonly disks: readonly { name: string; size: number }[];
    readonly nics: readonly RegisterNic[];
  };
  readonly bios: { readonly version: string; readonly vendor: string; readonly date: string };
  readonly ipmi: {
    readonly address: string;
    readonly mac: string;
    readonly user: string;
    readonly password: string;
    readonly interface: string;
    readonly bmcVersion: string;
    readonly powerState: string;
    readonly fru: Readonly<Record<string, string>>;
  };
}

export interface ReportRequest {
  readonly uuid: string;
  readonly consolePassword: string;
  readonly bootInfo: {
    readonly initrd: string;
    readonly cmdline: string;
    readonly kernel: string;
    readonly bootloaderId: string;
  };
  readonly success: boolean;
  readonly message: string;
}
