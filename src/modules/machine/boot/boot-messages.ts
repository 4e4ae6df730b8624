/** Messages of the gRPC contracts as decoded: absent lists are empty, absent messages null. */
export interface NicMessage {
  readonly mac: string;
  readonly name: string;
  readonly hostname: string;
  readonly identifier: string;
  readonly neighbors: readonly NicMessage[];
}

export interface HardwareMessage {
  readonly memory: number;
  readonly disks: readonly { readonly name: string; readonly size: number }[];
  readonly nics: readonly NicMessage[];
  readonly cpus: readonly {
    readonly vendor: string;
    readonly model: string;
    readonly cores: number;
    readonly threads: number;
  }[];
  readonly gpus: readonly { readonly vendor: string; readonly model: string }[];
}

export interface IpmiMessage {
  readonly address: string;
  readonly mac: string;
  readonly user: string;
  readonly password: string;
  readonly interface: string;
  readonly bmcVersion: string;
  readonly powerState: string;
  /** Any member may be absent. */
  readonly fru: {
    readonly chassisPartNumber?: string;
    readonly chassisPartSerial?: string;
    readonly boardMfg?: string;
    readonly boardMfgSerial?: string;
    readonly boardPartNumber?: string;
    readonly productManufacturer?: string;
    readonly productPartNumber?: string;
    readonly productSerial?: string;
  } | null;
}

export interface RegisterMessage {
  readonly uuid: string;
  readonly partitionId: string;
  readonly hardware: HardwareMessage | null;
  readonly bios: { readonly version: string; readonly vendor: string; readonly date: string } | null;
  readonly ipmi: IpmiMessage | null;
  readonly tags: readonly string[];
  readonly metalHammerVersion: string;
}

export interface BootInfoMessage {
  readonly imageId: string;
  readonly primaryDisk: string;
  readonly osPartition: string;
  readonly initrd: string;
  readonly cmdline: string;
  readonly kernel: string;
  readonly bootloaderId: string;
}

export interface ReportMessage {
  readonly uuid: string;
  readonly consolePassword: string;
  readonly bootInfo: BootInfoMessage | null;
}

export interface AbortReinstallMessage {
  readonly uuid: string;
  readonly primaryDiskWiped: boolean;
}
