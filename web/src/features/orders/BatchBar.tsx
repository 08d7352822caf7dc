import { LeftOutlined, RightOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { useEffect, useRef, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { groupDigits } from '@/lib/format'
import { useCan } from '@/lib/session'
import type { Count, OrderRow } from '@/lib/api/contract'
import { OUT_ACTIONS, OUT_RIGHTS, type OutAction } from '@/ui/out'
import { Menu } from '@/ui/Popup'
import type { BulkAction } from './bulk'
import css from './orders.module.css'
import { useMayAct } from './rights'
import type { Tab } from './search'

interface BatchBarProps {
  tab: Tab
  /** Says that the list grew old. Its room is kept while it says nothing, so no row moves. */
  fresh: ReactNode
  rows: OrderRow[]
  selected: ReadonlyMap<string, string>
  allChosen: boolean
  total: Count | undefined
  onSelect: (ids: string[], on: boolean) => void
  onChooseAll: () => void
  onClear: () => void
  onAct: (action: BulkAction) => void
  onAllocate: () => void
  /** The fulfillment orders of the chosen orders: ship them, name their carrier, seal them. */
  onOut: (action: OutAction) => void
  onExport: () => void
  page: number
  hasNext: boolean
  hasPrevious: boolean
  onNext: () => void
  onPrevious: () => void
}

const SHOWN: BulkAction[] = ['approve', 'note', 'flag', 'tag']
const MORE: BulkAction[] = ['hold', 'release', 'read', 'adopt', 'archive', 'close']

/** Where orders are that a warehouse may be chosen for. */
const ALLOCATED = new Set<Tab>(['all', 'awaiting_shipment', 'partly_shipped', 'problem'])

/** What stands in the bar and what waits behind «more», by the tab: earlier orders are adopted first of all. */
function actionsOf(tab: Tab, mayAct: (action: string) => boolean): { shown: BulkAction[]; more: BulkAction[] } {
  const first: BulkAction[] = tab === 'adoptable' ? ['adopt', ...SHOWN.filter((a) => a !== 'approve')] : tab === 'archived' ? ['unarchive', ...SHOWN.filter((a) => a !== 'approve')] : SHOWN
  return { shown: first.filter(mayAct), more: MORE.filter((a) => !first.includes(a) && mayAct(a)) }
}

/** What to do with the chosen orders, and the pages. The choice survives paging and filtering. */
export function BatchBar(props: BatchBarProps) {
  const { rows, selected, allChosen, total, onSelect, onAct } = props
  const { t } = useTranslation()
  const head = useRef<HTMLInputElement>(null)
  const here = rows.filter((r) => selected.has(r.id)).length
  const full = rows.length > 0 && here === rows.length
  useEffect(() => {
    if (head.current) head.current.indeterminate = here > 0 && !full
  }, [here, full])
  const none = selected.size === 0 && !allChosen
  const mayAct = useMayAct()
  const can = useCan()
  const { shown, more } = actionsOf(props.tab, mayAct)
  const out = ALLOCATED.has(props.tab) ? OUT_ACTIONS.filter((a) => can(OUT_RIGHTS[a])) : []
  return (
    <div className={css.batch}>
      <input
        ref={head}
        type="checkbox"
        checked={full}
        aria-label={t('orders.select_page')}
        onChange={(e) =>
          onSelect(
            rows.map((r) => r.id),
            e.target.checked,
          )
        }
      />
      <span className={none ? css.chosenNone : css.chosen}>{allChosen && total ? t('orders.chosen_all', { count: total.n, n: groupDigits(total.n) }) : t('orders.chosen', { count: selected.size })}</span>
      {full && !allChosen && total && total.n > rows.length ? (
        <button type="button" className={css.link} onClick={props.onChooseAll}>
          {t('orders.choose_all', { count: total.n, n: groupDigits(total.n) })}
        </button>
      ) : null}
      {none ? null : (
        <button type="button" className={css.link} onClick={props.onClear}>
          {t('orders.choose_none')}
        </button>
      )}
      {shown.map((action, i) => (
        <Button key={action} type={i === 0 && !none ? 'primary' : 'default'} disabled={none} onClick={() => onAct(action)}>
          {t(`orders.action.${action}`)}
        </Button>
      ))}
      {ALLOCATED.has(props.tab) && mayAct('allocate') ? (
        <Button disabled={none} onClick={props.onAllocate}>
          {t('orders.allocate.action')}
        </Button>
      ) : null}
      {out.length > 0 ? (
        <Menu
          label={t('orders.out.menu')}
          items={out.map((key) => ({ key, label: t(`orders.out.action.${key}`) }))}
          onPick={(key) => props.onOut(key as OutAction)}
          trigger={({ open, toggle }) => (
            <Button disabled={none} aria-haspopup="menu" aria-expanded={open} onClick={toggle}>
              {t('orders.out.menu')}
            </Button>
          )}
        />
      ) : null}
      {more.length > 0 ? <Menu
        label={t('orders.more_actions')}
        items={more.map((key) => ({ key, label: t(`orders.action.${key}`), danger: key === 'close' }))}
        onPick={(key) => onAct(key as BulkAction)}
        trigger={({ open, toggle }) => (
          <Button disabled={none} aria-haspopup="menu" aria-expanded={open} onClick={toggle}>
            {t('orders.more_actions')}
          </Button>
        )}
      /> : null}
      {can('export.run') ? <Button onClick={props.onExport}>{t('orders.export')}</Button> : null}
      {props.fresh}
      <span className={css.pager}>
        {total?.known ? <span>{total.exact ? t('orders.total', { count: total.n, n: groupDigits(total.n) }) : t('orders.total_about', { count: total.n, n: groupDigits(total.n) })}</span> : null}
        <Button type="text" icon={<LeftOutlined />} aria-label={t('orders.previous_page')} disabled={!props.hasPrevious} onClick={props.onPrevious} />
        <span>{t('orders.page', { page: props.page })}</span>
        <Button type="text" icon={<RightOutlined />} aria-label={t('orders.next_page')} disabled={!props.hasNext} onClick={props.onNext} />
      </span>
    </div>
  )
}
