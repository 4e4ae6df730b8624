/** Sizes, partitions and images of every fleet. */
export const CATALOG = 100;
/** Machines of one project in one partition: the result of a search by project. */
export const PER_PROJECT = 200;
/** Machines of the partition and size that the benchmark allocates from. */
export const ALLOCATABLE = 560;
/** Machines that share two leaf switches. */
export const PER_RACK = 20;

const three = (number: number): string => String(number).padStart(3, '0');

export const partitionName = (number: number): string => `partition-${three(number)}`;
export const sizeName = (number: number): string => `size-${three(number)}`;
export const imageName = (number: number): string => `ubuntu-24.4.${number + 1}`;
export const superName = (partition: number): string => `super-${three(partition)}`;

/** Project 0 is the one that the benchmark allocates for; the others have `PER_PROJECT` machines each. */
export const projectName = (number: number): string => uuid(1, number);
/** The private network of a project. */
export const networkName = (project: number): string => uuid(2, project);
export const machineName = (number: number): string => uuid(3, number);
export const allocationName = (machine: number): string => uuid(4, machine);

export const TENANT = 'bench';
export const LAYOUT = 'default';

/** A UUID that shows what kind of entity it identifies. */
function uuid(kind: number, number: number): string {
  return `${String(kind).padStart(8, '0')}-0000-4000-8000-${String(number).padStart(12, '0')}`;
}
