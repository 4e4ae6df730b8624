/** A network port of a machine, or, as a neighbor, the switch port that it sees by LLDP. */
export interface MachineNic {
  readonly mac: string;
  readonly name: string;
  readonly identifier: string;
  readonly hostname: string;
  readonly neighbors: readonly MachineNic[];
}

export interface MachineHardware {
  /** Bytes. */
  readonly memory: number;
  readonly cpus: readonly {
    readonly vendor: string;
    readonly model: string;
    readonly cores: number;
    readonly threads: number;
  }[];
  readonly gpus: readonly { readonly vendor: string; readonly model: string }[];
  /** Sizes in bytes. */
  readonly disks: readonly { readonly name: string; readonly size: number }[];
  readonly nics: readonly MachineNic[];
}

export interface MachineBios {
  readonly version: string;
  readonly vendor: string;
  readonly date: string;
}

/** The sum over all CPUs; legacy clients read it as `cpu_cores`. */
export const cpuCores = (hardware: MachineHardware): number => hardware.cpus.reduce((sum, cpu) => sum + cpu.cores, 0);
