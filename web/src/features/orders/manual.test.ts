import { expect, test } from 'vitest'
import { amountOf, EMPTY_DRAFT, manualBody, parseReceiver, totalOf, type ManualDraft } from './manual'

const line = { sku_id: '7', label: '防滑地垫', quantity: 3, price: '19.90', is_gift: false }
const draft: ManualDraft = {
  ...EMPTY_DRAFT,
  shop_id: '10',
  receiver: { name: '周岚 ', phone: '13900000021', province: '浙江省', city: '杭州市', district: '', detail: '文三路 18 号' },
  lines: [line, { ...line, sku_id: '8', quantity: 1, price: '', is_gift: true }],
  freight: '6',
  discount: '0.71',
}

test('yuan become fen exactly, and gifts cost nothing', () => {
  expect(manualBody(draft)).toEqual({
    shop_id: '10',
    paid: true,
    receiver: { name: '周岚', phone: '13900000021', province: '浙江省', city: '杭州市', detail: '文三路 18 号' },
    lines: [
      { sku_id: '7', quantity: 3, price_fen: 1990 },
      { sku_id: '8', quantity: 1, price_fen: 0, is_gift: true },
    ],
    freight_fen: 600,
    discount_fen: 71,
  })
  expect(totalOf(draft)).toBe(3 * 1990 + 600 - 71)
})

test.each([
  ['', 0],
  ['0.1', 10],
  ['1,234.56', 123456],
  ['-1', null],
  ['1.005', null],
  ['1e3', null],
  ['free', null],
])('the amount %j is %s fen', (text, fen) => {
  expect(amountOf(text)).toBe(fen)
})

test.each<[string, Partial<ManualDraft>]>([
  ['no shop', { shop_id: '' }],
  ['nothing in it', { lines: [] }],
  ['a sold piece without a price', { lines: [{ ...line, price: '' }] }],
  ['a price that is no amount', { lines: [{ ...line, price: '19.905' }] }],
  ['half a piece', { lines: [{ ...line, quantity: 1.5 }] }],
  ['no piece', { lines: [{ ...line, quantity: 0 }] }],
  ['no phone', { receiver: { ...draft.receiver, phone: ' ' } }],
  ['a discount above everything', { discount: '9999' }],
])('%s: the order cannot be created yet', (_, over) => {
  expect(manualBody({ ...draft, ...over })).toBeNull()
})

test.each([
  ['周岚 13900000021 浙江省杭州市西湖区文三路 18 号', { name: '周岚', phone: '13900000021', province: '浙江省', city: '杭州市', district: '西湖区', detail: '文三路18号' }],
  ['13900000021，周岚，上海市浦东新区张杨路 5 弄', { name: '周岚', phone: '13900000021', province: '上海市', city: '上海市', district: '浦东新区', detail: '张杨路5弄' }],
  ['北京市北京市朝阳区 建国路 1 号 李木 010-65000000', { name: '李木', phone: '010-65000000', province: '北京市', city: '北京市', district: '朝阳区', detail: '建国路1号' }],
  ['某处街 3 号', { name: '', phone: '', province: '', city: '', district: '', detail: '某处街3号' }],
])('a pasted receiver is read: %s', (text, want) => {
  expect(parseReceiver(text)).toEqual(want)
})

test('a pasted receiver loses no character of the address', () => {
  const { province, city, district, detail } = parseReceiver('王一 13800000000 广西壮族自治区南宁市青秀区民族大道 9 号')
  expect(province + city + district + detail).toBe('广西壮族自治区南宁市青秀区民族大道9号')
})

test('blanks between Latin words of an address stay', () => {
  expect(parseReceiver('Lan 13800000000 North Gate 7')).toMatchObject({ name: 'Lan', detail: 'North Gate 7' })
})
