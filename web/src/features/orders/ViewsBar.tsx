import { CloseOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import type { SavedView } from '@/lib/api/contract'
import { parseSearch, stringifySearch } from '@/lib/search'
import type { Density } from '@/ui/orders/OrderList'
import { Popup } from '@/ui/Popup'
import { TextBox } from '@/ui/TextBox'
import { useToast } from '@/ui/Toast'
import { savedViewsQuery } from './api'
import { ChipText } from './ChipText'
import css from './orders.module.css'
import { chipsOf, readOrderSearch, withoutChip, type OrderSearch } from './search'

interface ViewsBarProps {
  search: OrderSearch
  onChange: (next: OrderSearch) => void
}

/** The view as a saved view keeps it: without the page and the open drawer. */
function viewOf(search: OrderSearch): string {
  return stringifySearch({ ...search, cursor: undefined, drawer: undefined }).slice(1)
}

/** The query string that a saved view keeps. */
function viewText(view: SavedView): string {
  return typeof view.query.search === 'string' ? view.query.search : ''
}

/** Saved views and the filters in force as chips; nothing while there are none. */
export function ViewsBar({ search, onChange }: ViewsBarProps) {
  const { t } = useTranslation()
  const views = useQuery(savedViewsQuery).data ?? []
  const chips = chipsOf(search)
  const now = viewOf(search)
  if (views.length === 0 && chips.length === 0) return null
  return (
    <div className={css.views}>
      {views.map((view) => (
        <span key={view.id} className={viewText(view) === now ? css.viewOn : css.view1}>
          <button type="button" onClick={() => onChange(readOrderSearch(parseSearch(viewText(view))))}>
            {view.name}
          </button>
          {view.mine ? <RemoveView id={view.id} name={view.name} /> : null}
        </span>
      ))}
      {chips.map((chip) => (
        <span key={`${chip.key} ${chip.value}`} className={css.chip}>
          <ChipText chip={chip} search={search} />
          <button type="button" aria-label={t('orders.remove_filter', { name: t(`orders.filter.${chip.key}`) })} onClick={() => onChange(withoutChip(search, chip))}>
            <CloseOutlined />
          </button>
        </span>
      ))}
      {chips.length > 0 && !views.some((v) => viewText(v) === now) ? <SaveView query={now} /> : null}
    </div>
  )
}

/** Cards or lines. */
export function DensitySwitch({ density, onDensity }: { density: Density; onDensity: (density: Density) => void }) {
  const { t } = useTranslation()
  return (
    <div className={css.density} role="group" aria-label={t('orders.density')}>
      {(['card', 'compact'] as const).map((d) => (
        <button key={d} type="button" aria-pressed={d === density} onClick={() => onDensity(d)}>
          {t(`orders.density_${d}`)}
        </button>
      ))}
    </div>
  )
}

function SaveView({ query }: { query: string }) {
  const { t } = useTranslation()
  return (
    <Popup
      trigger={({ open, toggle }) => (
        <button type="button" className={css.addView} aria-expanded={open} onClick={toggle}>
          {t('orders.save_view')}
        </button>
      )}
    >
      {(close) => <SaveForm query={query} onDone={close} />}
    </Popup>
  )
}

function SaveForm({ query, onDone }: { query: string; onDone: () => void }) {
  const { t } = useTranslation()
  const toast = useToast()
  const [name, setName] = useState('')
  const save = useAction({
    run: (body: { name: string; page: string; query: { search: string } }, key) => api.post('/saved-views', body, { key }),
    invalidates: [['saved-views']],
    onSuccess: () => {
      onDone()
      toast.ok(t('orders.view_saved'))
    },
    onError: toast.bad,
  })
  return (
    <form
      className={css.saveView}
      onSubmit={(e) => {
        e.preventDefault()
        if (name.trim()) save.mutate({ name: name.trim(), page: 'orders', query: { search: query } })
      }}
    >
      <TextBox autoFocus label={t('orders.view_name')} value={name} maxLength={40} onChange={setName} />
      <Button type="primary" htmlType="submit" loading={save.isPending} disabled={!name.trim()}>
        {t('common.save')}
      </Button>
    </form>
  )
}

function RemoveView({ id, name }: { id: string; name: string }) {
  const { t } = useTranslation()
  const toast = useToast()
  const remove = useAction({
    run: (viewId: string, key) => api.delete('/saved-views/{id}', { path: { id: viewId }, key }),
    invalidates: [['saved-views']],
    onError: toast.bad,
  })
  return (
    <button type="button" aria-label={t('orders.remove_view', { name })} disabled={remove.isPending} onClick={() => remove.mutate(id)}>
      <CloseOutlined />
    </button>
  )
}
