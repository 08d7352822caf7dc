import { Button, Input, InputNumber, Modal, Radio, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import type { Balance } from '@/lib/api/contract'
import { groupDigits } from '@/lib/format'
import { useWarehouses } from '@/lib/lookups'
import { SkuSelect } from '@/ui/SkuSelect'
import { ErrorBox } from '@/ui/States'
import { useToast } from '@/ui/Toast'
import { afterAdjust, HOW, type How } from './adjust'
import css from './stock.module.css'

type Place = Pick<Balance, 'sku_id' | 'sku_code' | 'warehouse_id' | 'warehouse_name' | 'condition' | 'on_hand' | 'reserved'>

/** Goods that came in, a correction, or what was counted; each with its reason. Without a balance the SKU and warehouse are chosen first. */
export function AdjustDialog({ balance, onClose }: { balance: Place | null; onClose: () => void }) {
  const { t } = useTranslation()
  const toast = useToast()
  const warehouses = useWarehouses().filter((w) => w.active)
  const [how, setHow] = useState<How>('receive')
  const [amount, setAmount] = useState<number | null>(null)
  const [reason, setReason] = useState('')
  const [sku, setSku] = useState<{ id: string; code: string } | null>(balance ? { id: balance.sku_id, code: balance.sku_code } : null)
  const [chosen, setChosen] = useState<string | undefined>(balance?.warehouse_id)
  const warehouse = chosen ?? warehouses.find((w) => w.is_default)?.id ?? warehouses[0]?.id
  const save = useAction({
    run: (body: object, key) => api.post('/stock/adjust', body, { key }),
    invalidates: [['stock'], ['orders'], ['home']],
    onSuccess: (out) => {
      toast.ok(t('stock.adjusted_to', { code: out.sku_code, n: groupDigits(out.on_hand) }))
      onClose()
    },
  })
  const after = balance ? afterAdjust(balance.on_hand, how, amount) : null
  const valid = sku !== null && warehouse !== undefined && amount !== null && (how === 'set_to' || amount !== 0) && reason.trim() !== '' && (after === null || after >= 0)
  return (
    <Modal
      open
      title={balance ? t('stock.adjust_title', { code: balance.sku_code, warehouse: balance.warehouse_name }) : t('stock.adjust_new')}
      onCancel={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button
            type="primary"
            disabled={!valid}
            loading={save.isPending}
            onClick={() =>
              save.mutate({
                sku_id: sku?.id,
                warehouse_id: warehouse,
                condition: balance?.condition ?? 'good',
                [how]: amount,
                reason: reason.trim(),
              })
            }
          >
            {balance && after !== null ? t('stock.adjust_to', { before: groupDigits(balance.on_hand), after: groupDigits(after) }) : t(`stock.how.${how}`)}
          </Button>
        </>
      }
    >
      <div className={css.form}>
        {balance ? null : (
          <>
            {sku ? (
              <p>
                <strong>{sku.code}</strong>{' '}
                <Button onClick={() => setSku(null)}>{t('common.edit')}</Button>
              </p>
            ) : (
              <SkuSelect label={t('stock.sku_code')} without={(s) => s.is_bundle} onPick={(s) => setSku({ id: s.id, code: `${s.code} ${s.name}` })} />
            )}
            <Select aria-label={t('stock.warehouse')} value={warehouse} options={warehouses.map((w) => ({ value: w.id, label: w.name }))} onChange={setChosen} />
          </>
        )}
        <Radio.Group value={how} onChange={(e) => setHow(e.target.value)} options={HOW.map((v) => ({ value: v, label: t(`stock.how.${v}`) }))} />
        <InputNumber autoFocus={balance !== null} precision={0} min={how === 'change' ? undefined : how === 'receive' ? 1 : 0} value={amount} aria-label={t('stock.quantity')} onChange={setAmount} style={{ width: 160 }} />
        {after !== null && after < 0 ? (
          <p className={css.low} role="alert">
            {t('stock.below_zero')}
          </p>
        ) : null}
        {balance && after !== null && after >= 0 && after < balance.reserved ? <p className={css.note}>{t('stock.below_reserved', { n: groupDigits(balance.reserved) })}</p> : null}
        <Input value={reason} maxLength={200} placeholder={t(`stock.reason_hint.${how}`)} aria-label={t('stock.reason')} onChange={(e) => setReason(e.target.value)} />
        {save.error ? <ErrorBox error={save.error} /> : null}
      </div>
    </Modal>
  )
}
