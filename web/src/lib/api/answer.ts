/** Scopes of a person or key: null there means everything. */
type Scope = 'shop_ids' | 'warehouse_ids'

/**
 * An answer of the server as it really comes. The description calls every list
 * nullable, because Go's could be; the server sends an empty list instead, and
 * null only where it has a meaning.
 */
export type Answer<T> = T extends readonly (infer E)[]
  ? Answer<NonNullable<E>>[]
  : T extends object
    ? { [K in keyof T]: K extends Scope ? T[K] : NonNullable<T[K]> extends readonly unknown[] ? Answer<NonNullable<T[K]>> : Answer<T[K]> }
    : T
