import type { components } from '@/api/schema'
import type { Answer } from './answer'

// The server's answers by the names that the interface uses for them. Ids are
// decimal strings, *_fen integers or null (unknown, or not this reader's to
// see), *_at RFC 3339 or null.
type Schemas = components['schemas']
type Of<K extends keyof Schemas> = Answer<Schemas[K]>

export type Balance = Of<'Balance'>
export type Blocker = Of<'Blocker'>
export type AllocateAnswer = Of<'AllocateAnswer'>
export type BulkAnswer = Of<'BulkBody'>
export type Count = Of<'Count'>
export type CreatedUser = Of<'CreatedUser'>
export type DayFigures = Of<'DayFigures'>
export type FilledSummary = Of<'FilledSummary'>
export type HomeView = Of<'Home'>
export type Import = Of<'ImportBody'>
export type ImportPreview = Of<'PreviewBody'>
export type Job = Of<'Job'>
export type Listing = Of<'Listing'>
export type Me = Of<'Me'>
export type Movement = Of<'Movement'>
/** made_from is null for orders that make good for none. */
export type OrderDetail = Omit<Of<'OrderDetail'>, 'made_from'> & { made_from: LinkedOrder | null }
export type LinkedOrder = Of<'Linked'>
export type FollowUpDraft = Of<'FollowUpDraft'>
export type FollowUpLine = Of<'FollowUpLine'>
export type OrderEvent = Of<'EventBody'>
export type OrderList = Of<'ListBody'>
export type OrderRow = Of<'OrderRow'>
export type OrderRowLine = Of<'LineRow'>
export type AuditCheckpoint = Of<'Checkpoint'>
export type AuditEntry = Of<'Entry'>
export type Permission = Of<'Permission'>
export type Product = Of<'Product'>
export type Revealed = Of<'RevealBody'>
export type Role = Of<'Role'>
export type SavedView = Of<'SavedView'>
export type Setting = Of<'Setting'>
export type SheetPreview = Of<'SheetPreview'>
export type ShipCheck = Of<'FileCheck'>
export type ShipTemplate = Of<'ShipTemplate'>
export type Shop = Of<'Shop'>
export type Sku = Of<'SKU'>
export type User = Of<'User'>
export type Warehouse = Of<'Warehouse'>
export type Access = Of<'Access'>
export type BlacklistEntry = Of<'BlacklistEntry'>
export type OrderReview = Of<'OrderReview'>
export type ReviewField = Of<'Described'>
export type ReviewPolicy = Of<'ReviewPolicy'>
export type ReviewRule = Of<'ReviewRule'>
export type Backlog = Of<'ChannelBacklog'>
export type CarrierAccount = Of<'CarrierAccount'>
export type CarrierBranch = Of<'CarrierBranch'>
export type CarrierChoice = Of<'CarrierChoice'>
export type CarrierConnection = Of<'CarrierConnection'>
export type CarrierPrice = Of<'CarrierPrice'>
export type CarrierRule = Of<'CarrierRule'>
export type CarrierSuspension = Of<'CarrierSuspension'>
export type CarrierTestReport = Of<'CarrierTestReport'>
export type CarrierTry = Of<'CarrierTry'>
export type Channel = Of<'Channel'>
export type Aftersale = Omit<Of<'Aftersale'>, 'answer'> & { answer: Of<'AftersaleAnswer'> | null }
export type AftersaleDetail = Omit<Of<'AftersaleDetail'>, 'answer' | 'others'> & { answer: Of<'AftersaleAnswer'> | null; others: Aftersale[] }
export type AftersaleLine = Of<'AftersaleLine'>
export type ReturnParcel = Of<'ReturnParcel'>
export type ChannelReview = Of<'Review'>
export type Comparison = Of<'Comparison'>
export type Effect = Of<'Effect'>
export type InboxRow = Of<'InboxBody'>
export type LedgerHour = Of<'LedgerHour'>
export type Parcel = Of<'Parcel'>
export type ShopShare = Of<'ShopShare'>
export type StockLevel = Of<'StockLevel'>
export type StockOffer = Of<'StockOffer'>
export type StockPlan = Of<'StockPlan'>
export type Sync = Of<'Sync'>
export type SyncDay = Of<'SyncDay'>
export type SyncGap = Of<'SyncGap'>
export type Waybill = Of<'Waybill'>
export type WaybillUse = Of<'WaybillUse'>
export type TestReport = Of<'TestReport'>
export type DropshipOrder = Of<'DropshipOrder'>
export type DropshipResult = Of<'DropshipResult'>
export type Supplier = Of<'Supplier'>
export type SupplierDesk = Of<'SupplierDesk'>
export type Supply = Of<'Supply'>
export type WarehouseSite = Of<'WarehouseSite'>
export type Handover = Of<'Handover'>
export type HandoverScan = Omit<Of<'HandoverScan'>, 'refusal'> & { refusal: Of<'PackingFault'> | null }
export type HandoverWaiting = Of<'HandoverWaiting'>
/** What became of a step at a bench; null where it was about nothing. */
export type VerifyAnswer = Omit<Of<'VerifyAnswer'>, 'session' | 'item' | 'refusal'> & { session: VerifySession | null; item: VerifyItem | null; refusal: Of<'PackingFault'> | null }
export type VerifyHit = Of<'VerifyHit'>
export type VerifyItem = Of<'VerifyItem'>
export type VerifyPolicy = Of<'Policy'>
export type VerifySession = Of<'VerifySession'>
export type Picker = Of<'Picker'>
export type WaveBasket = Of<'WaveBasket'>
export type WaveMade = Of<'WaveMade'>
export type WavePreview = Of<'WavePreview'>
export type WaveRow = Of<'WaveRow'>
export type WaveSheet = Of<'WaveSheet'>
export type WaveStop = Of<'WaveStop'>
export type Chosen = Of<'WhyChoice'>
export type FulfillmentOrder = Of<'FulfillmentOrder'>
export type WaitingOrder = Of<'WaitingOrder'>
export type WaitingSku = Of<'WaitingSKU'>
export type WeighWaiting = Of<'WeighWaiting'>
/** What a bulk action on fulfillment orders did, or would do. */
export type ManyOut = Omit<Of<'BulkAnswer'>, 'job' | 'undo'> & { job: Job | null; undo: Of<'FulfillmentapiBulkUndo'> | null }
export type AllocationPreview = Omit<Of<'AllocationPreview'>, 'rows'> & { rows: AllocationPreviewed[] }
/** skip is null where it is not left out. */
export type AllocationPreviewed = Omit<Of<'AllocationPreviewed'>, 'skip'> & { skip: Of<'Note'> | null }
export type AllocationRule = Of<'AllocationRule'>
export type MergeAnswer = Omit<Of<'MergeAnswer'>, 'job'> & { job: Job | null }
/** why_not is null where it can be merged. */
export type MergeMember = Omit<Of<'MergeMember'>, 'why_not'> & { why_not: Of<'Note'> | null }
export type MergePolicy = Of<'MergePolicy'>
export type MergePrompt = Of<'MergePrompt'>
export type MergeSuggestion = Of<'MergeSuggestion'>
export type SplitLine = Of<'ParcelLine'>
