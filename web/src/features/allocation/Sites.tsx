import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '@/lib/api/client'
import type { Warehouse, WarehouseSite } from '@/lib/api/contract'
import { isId } from '@/lib/id'
import { warehousesQuery } from '@/lib/lookups'
import { useCan } from '@/lib/session'
import { DataTable } from '@/ui/DataTable'
import { Page, Panel } from '@/ui/Page'
import { Empty, QueryState } from '@/ui/States'
import { Tag } from '@/ui/Tag'
import css from './allocation.module.css'
import { sitesQuery } from './queries'
import { SiteDialog } from './SiteDialog'

/** Where each warehouse and supplier ships to, how far and at what price. */
export function Sites() {
  const { t } = useTranslation()
  const may = useCan()('fulfillment.allocate')
  const warehouses = useQuery(warehousesQuery)
  const sites = useQuery(sitesQuery)
  const knows = useCan()('purchase.read')
  const suppliers = useQuery({ queryKey: ['suppliers'], queryFn: ({ signal }) => api.get('/suppliers', { signal }).then((l) => l.items), enabled: knows }).data
  const [editing, setEditing] = useState<Warehouse | null>(null)
  const siteOf = (w: Warehouse): WarehouseSite => sites.data?.find((s) => s.warehouse_id === w.id) ?? { warehouse_id: w.id, supplier_id: '0', plain: false, areas: [] }
  return (
    <Page title={t('allocation.tab.sites')} hint={t('allocation.sites_hint')}>
      <Panel flush>
        <QueryState query={sites}>
          {() => (
            <QueryState query={warehouses}>
              {(all) => (
                <DataTable
                  label={t('allocation.tab.sites')}
                  rows={all}
                  rowKey={(w) => w.id}
                  empty={<Empty title={t('allocation.no_warehouses')} />}
                  columns={[
                    { key: 'name', title: t('allocation.warehouse'), render: (w) => <strong>{w.name}</strong> },
                    { key: 'who', title: t('allocation.who_ships'), render: (w) => (isId(siteOf(w).supplier_id) ? <Tag tone="amber">{suppliers?.find((s) => s.id === siteOf(w).supplier_id)?.name ?? t('allocation.supplier')}</Tag> : t('allocation.ourselves')) },
                    { key: 'place', title: t('allocation.stands_in'), render: (w) => [w.province, w.city].filter(Boolean).join(' ') || '\u2013' },
                    { key: 'active', title: t('allocation.state'), render: (w) => <Tag tone={w.active ? 'green' : 'plain'}>{w.active ? t('allocation.on') : t('allocation.off')}</Tag> },
                    { key: 'areas', title: t('allocation.areas'), render: (w) => <Served site={siteOf(w)} /> },
                    {
                      key: 'act',
                      title: '',
                      align: 'right',
                      render: (w) =>
                        may ? (
                          <Button aria-label={t('allocation.edit_areas_of', { name: w.name })} onClick={() => setEditing(w)}>
                            {t('allocation.edit_areas')}
                          </Button>
                        ) : null,
                    },
                  ]}
                />
              )}
            </QueryState>
          )}
        </QueryState>
      </Panel>
      {editing ? <SiteDialog warehouse={editing} site={siteOf(editing)} others={(warehouses.data ?? []).filter((w) => w.id !== editing.id).map((w) => ({ name: w.name, site: siteOf(w) }))} onClose={() => setEditing(null)} /> : null}
    </Page>
  )
}

/** In a line: which places a warehouse ships to. */
function Served({ site }: { site: WarehouseSite }) {
  const { t } = useTranslation()
  if (site.areas.length === 0) return <span className={css.muted}>{t('allocation.serves_all')}</span>
  const named = site.areas.filter((a) => a.province !== '')
  const rest = site.areas.find((a) => a.province === '')
  const list = (all: typeof named) => all.slice(0, 4).map((a) => [a.province, a.city].filter(Boolean).join(' ')).join(t('allocation.join')) + (all.length > 4 ? ` ${t('allocation.and_more', { n: all.length - 4 })}` : '')
  const yes = named.filter((a) => a.served)
  const no = named.filter((a) => !a.served)
  return (
    <>
      {yes.length > 0 ? <span>{list(yes)}</span> : null}
      {no.length > 0 ? <small className={css.under}>{t('allocation.not_to', { where: list(no) })}</small> : null}
      <small className={css.under}>{rest && !rest.served ? t('allocation.rest_no') : t('allocation.rest_yes')}</small>
    </>
  )
}
