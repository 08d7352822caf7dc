/**
 * The shapes of the API that the interface works with, by their short names.
 * Ids are decimal strings, *_fen integers or null (unknown, or not this reader's
 * to see), *_at RFC 3339 or null.
 */
export interface List<T> {
  items: T[]
  next_cursor: string
}

export interface SystemInfo {
  version: string
  ui: 'embedded' | 'absent'
  engine: 'sqlite' | 'postgres'
  setup_needed: boolean
  time_zone: string
  demo: boolean
}

export interface RoleRef {
  id: string
  code: string
  name: string
}

export interface Me {
  user_id: string
  user_name: string
  display_name: string
  merchant_id: string
  merchant_code: string
  merchant_name: string
  lang: string
  permissions: string[]
  roles: RoleRef[]
  shop_ids: string[] | null
  warehouse_ids: string[] | null
  must_change_password: boolean
  totp_enabled: boolean
  refund_limit_fen: number | null
}

export interface User {
  id: string
  user_name: string
  display_name: string
  active: boolean
  lang: string
  roles: RoleRef[]
  shop_ids: string[] | null
  warehouse_ids: string[] | null
  must_change_password: boolean
  last_login_at: string | null
  created_at: string | null
  version: number
}

export interface CreatedUser {
  user: User
  /** Shown once, when the server made it. */
  password?: string
}

export interface Role {
  id: string
  code: string
  name: string
  built_in: boolean
  permissions: string[]
  refund_limit_fen: number | null
  version: number
}

export interface Permission {
  permission: string
  name_zh: string
  name_en: string
  roles: string[]
}

export interface ApiKey {
  id: string
  name: string
  hint: string
  permissions: string[]
  created_at: string
  expires_at: string | null
  last_used_at: string | null
}

export interface Session {
  id: string
  ip: string
  user_agent: string
  created_at: string
  seen_at: string
  current: boolean
}

export interface AuditEntry {
  id: string
  seq: number | null
  at: string
  actor_name: string
  action: string
  object: string
  detail: unknown
  ip: string
  request_id: string
}

export interface SavedView {
  id: string
  name: string
  page: string
  query: Record<string, unknown>
  role_id: string | null
  position: number
  mine: boolean
}

export interface Channel {
  code: string
  name_zh: string
  name_en: string
  color: string
  mode: string
  file_kinds: string[]
  capabilities: string[]
}

export interface Shop {
  id: string
  channel: string
  name: string
  mode: string
  live_from_at: string | null
  warehouse_id: string
  reserve_on: 'paid' | 'placed'
  auto_approve: boolean
  stale_after_hours: number
  data_at: string | null
  active: boolean
  version: number
}

export interface Warehouse {
  id: string
  code: string
  name: string
  province: string
  city: string
  is_default: boolean
  active: boolean
  version: number
}

export interface Component {
  sku_id: string
  code: string
  quantity: number
  share: number
}

export interface Sku {
  id: string
  product_id: string
  product_name: string
  code: string
  name: string
  spec: string
  cost_fen: number | null
  weight_gram: number | null
  image_url: string
  barcodes: string[]
  is_bundle: boolean
  components: Component[]
  active: boolean
  version: number
}

export interface Listing {
  id: string
  shop_id: string
  title: string
  spec: string
  merchant_sku_code: string
  channel_item_no: string
  channel_sku_no: string
  image_url: string
  sku_id: string
  sku_code: string
  mapped_by: string
  version: number
}

export interface Proposal {
  sku_code: string
  title: string
  spec: string
  listing_ids: string[]
}

/** An uploaded table whose columns are still to be matched with ours. */
export interface SheetUpload {
  id: string
  columns: string[]
  mapping: Record<string, string>
  sample: string[][]
}

export interface SheetPreview {
  total: number
  ok: number
  bad: { row: number; field: string; code: string; message: string }[]
  sample: string[][]
}

export interface Balance {
  sku_id: string
  sku_code: string
  sku_name: string
  warehouse_id: string
  warehouse_name: string
  condition: 'good' | 'defective'
  on_hand: number
  reserved: number
  available: number
  backorder: number
  safety: number
  low: boolean
  cost_fen: number | null
}

export interface Movement {
  id: string
  at: string
  sku_id: string
  sku_code: string
  warehouse_id: string
  warehouse_name: string
  condition: 'good' | 'defective'
  kind: string
  /** Of what is on hand. */
  change: number
  reserved_change: number
  after: number
  reason: string
  order_id: string
  actor_name: string
}

export interface OrderRowLine {
  id: string
  title: string
  spec: string
  sku_id: string
  sku_code: string
  image_url: string
  price_fen: number | null
  quantity: number
  shipped: number
  is_gift: boolean
  refund_state: string
  quantity_known: boolean
  cancelled: number
}

export interface OrderRow {
  id: string
  shop_id: string
  shop_name: string
  channel: string
  channel_order_no: string
  order_type: string
  state: string
  problem: boolean
  in_aftersale: boolean
  unread: boolean
  archived: boolean
  history: boolean
  payment: string
  payment_method: string
  channel_status_raw: string
  channel_locks: string[]
  channel_flags: string[]
  refund_state: string
  placed_at: string | null
  paid_at: string | null
  ship_by_at: string | null
  shipped_at: string | null
  completed_at: string | null
  buyer_paid_fen: number | null
  goods_fen: number | null
  freight_fen: number | null
  receivable_fen: number | null
  refund_fen: number | null
  buyer_nick: string
  receiver_masked: string
  receiver_kind: string
  province: string
  city: string
  district: string
  buyer_note: string
  seller_note: string
  flag: number
  tags: string[]
  holds: string[]
  warehouse_id: string
  warehouse_name: string
  carrier: string
  carrier_name: string
  waybill_no: string
  parcel_count: number
  line_count: number
  quantity: number
  version: number
  allowed_actions: string[]
  lines: OrderRowLine[]
}

export interface OrderList extends List<OrderRow> {
  /** Set when an unusual mix of filters stopped early: everything newer was searched. */
  searched_until_at?: string | null
  not_found?: string[]
}

export interface Count {
  n: number
  /** False when there are more than n. */
  exact: boolean
  /** False when counting would have taken too long. */
  known: boolean
}

export interface OrderCounts {
  counts: Record<string, Count>
}

export interface HoldDetail {
  kind: string
  note: string
  owner: string
  raised_at: string
  text: string
  stops_ship: boolean
  releasable: boolean
}

export interface Parcel {
  id: string
  order_id: string
  shop_id: string
  channel_order_no: string
  warehouse_id: string
  warehouse_name: string
  carrier: string
  carrier_name: string
  waybill_no: string
  kind: string
  shipped_at: string
  reported_at: string | null
}

export interface Note {
  code: string
  message: string
}

export interface ShippedParcel extends Parcel {
  unchanged: boolean
  warning: Note | null
}

/** Amounts by bearer; null where no source said. */
export interface Money {
  goods_fen: number | null
  merchant_discount_fen: number | null
  platform_discount_fen: number | null
  talent_discount_fen: number | null
  payment_discount_fen: number | null
  price_change_fen: number | null
  freight_fen: number | null
  buyer_paid_fen: number | null
  receivable_fen: number | null
  refund_fen: number | null
}

export interface OrderDetailLine extends OrderRowLine {
  money: Money
  allocated: number
  refunded: number
}

export interface OrderDetail extends OrderRow {
  approved_at: string | null
  closed_at: string | null
  closed_reason: string
  source: string
  source_at: string | null
  money: Money
  line_details: OrderDetailLine[]
  hold_details: HoldDetail[]
  parcels: Parcel[]
}

export interface OrderEvent {
  id: string
  at: string
  name: string
  actor_name: string
  body: Record<string, unknown>
}

export interface Blocker {
  kind: string
  owner: string
  since_at: string | null
  by_at: string | null
  risk_fen: number | null
  text: string
}

export interface Revealed {
  name?: string
  phone?: string
  province?: string
  city?: string
  district?: string
  /** Street and house. */
  address?: string
  zip?: string
}

export interface SkipReason {
  code: string
  n: number
  message: string
  sample: string[]
}

export interface BulkFailure {
  order_id: string
  channel_order_no: string
  code: string
  message: string
}

/** The answer of a bulk action: what it would do (dry run), what it did, or the job that does it. */
export interface BulkAnswer {
  will: number
  skip: SkipReason[]
  ok: number
  failed: BulkFailure[]
  job?: Job
}

export interface ImportFile {
  file_id: string
  name: string
  size_bytes: number
  /** Whether one format fits, several do, or none. */
  state: 'recognised' | 'ambiguous' | 'unknown'
  kind: string
  channel: string
  encoding: string
  format: string
  layout: string
  confidence: number
  candidates: { channel: string; kind: string }[]
  error?: { code: string; message: string } | null
}

export interface Import {
  id: string
  state: string
  files: ImportFile[]
  shop_id: string
  suggested_shop_id: string
  exported_at: string | null
  exported_at_source: 'file_name' | 'unknown'
  /** A table that nobody knows: which of its columns mean what. */
  generic?: { columns: string[]; mapping: Record<string, string>; fields: string[]; required: string[] } | null
  counts?: Partial<ImportCounts> | null
  job_id: string
  created_at: string
}

export interface ImportCounts {
  orders: number
  new: number
  changed: number
  unchanged: number
  stale: number
  rejected: number
  warnings: number
}

export interface ImportRow {
  record: number
  order_no: string
  verdict: string
  code: string
  field: string
  value: string
  message: string
}

export interface ImportPreview {
  counts: ImportCounts
  unknown_words: { word: string; n: number }[]
  rows: ImportRow[]
  conflicts: { order_no: string; shop_id: string; other_shop: string }[]
}

export interface Carrier {
  code: string
  name_zh: string
  name_en: string
}

export interface ShipCheck {
  total: number
  counts: Record<string, number>
  rows: ShipRow[]
}

export interface ShipRow {
  row: number
  order_no: string
  order_id: string
  waybill_no: string
  carrier: string
  carrier_guess: string
  verdict: string
  code: string
  message: string
  field: string
}

/** What a filled template would hold. */
export interface FilledSummary {
  name: string
  rows: number
  parcel_ids: string[]
  left_out: string[]
  unknown_carriers: string[]
}

export interface ShipTemplate {
  shop_id: string
  file_name: string
  updated_at: string | null
  unreported: number
  columns: string[]
  by_line: boolean
}

export interface Job {
  id: string
  kind: string
  state: 'waiting' | 'running' | 'succeeded' | 'failed' | 'cancelled'
  total: number
  done: number
  ok_count: number
  failed_count: number
  skipped_count: number
  created_at: string
  started_at: string | null
  finished_at: string | null
  actor_name: string
  result?: unknown
  error?: Note | null
  cancel_asked?: boolean
  cancellable: boolean
  retryable: boolean
}

export interface JobRow {
  no: number
  /** What the person knows the row by: an order number, a code. */
  ref: string
  object_id: string
  result: 'ok' | 'failed' | 'skipped'
  code: string
  message: string
  field: string
}

export interface DayFigures {
  orders: number
  paid_orders: number
  shipped_orders: number
  sales_fen: number | null
}

export interface HomeView {
  today: DayFigures
  /** Yesterday up to this time of day. */
  yesterday: DayFigures
  /** Thirty days, the oldest first. */
  trend: ({ on: string } & DayFigures)[]
  todo: { key: string; n: number; exact: boolean; known: boolean; page: string; filter: Record<string, unknown> }[]
  by_shop: ({ shop_id: string; name: string; channel: string; data_at: string | null; stale: boolean } & DayFigures)[]
}

export interface InboxRow {
  id: string
  shop_id: string
  source: string
  channel_order_no: string
  record_no: number
  state: string
  error_code: string
  message: string
  created_at: string
}
