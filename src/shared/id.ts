declare const KIND: unique symbol;

/**
 * The ID of one kind of thing. Any text is an ID, since IDs come from clients, agents and the database as texts; but the ID
 * of one kind is not an ID of another. So the compiler refuses swapped arguments, without a cast anywhere.
 */
type Id<Kind extends string> = string & { readonly [KIND]?: Kind };

/** The hardware's UUID as a machine is stored under it: what `storedMachineId` returns. */
export type MachineId = Id<'machine'>;
/** Random per allocation; the owner of every resource that was acquired for it. */
export type AllocationId = Id<'allocation'>;
/** Random per bundle of allocations; the owner of its addresses until it is decided. */
export type BundleId = Id<'bundle'>;
/** Random per entry of the waiting list, or derived from an idempotency key. */
export type WaitEntryId = Id<'wait entry'>;
export type PartitionId = Id<'partition'>;
export type SizeId = Id<'size'>;
export type ProjectId = Id<'project'>;
export type ImageId = Id<'image'>;
export type NetworkId = Id<'network'>;
