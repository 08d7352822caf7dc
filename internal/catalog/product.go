package catalog

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/event"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/page"
)

func (p *Product) check() error {
	p.Name = strings.TrimSpace(p.Name)
	if n := utf8.RuneCountInString(p.Name); n < 1 || n > maxName {
		return ErrBadName.At("name")
	}
	return checkImage(p.ImageURL)
}

func checkImage(url string) error {
	if url == "" {
		return nil
	}
	if len(url) > 1000 || !strings.HasPrefix(url, "https://") && !strings.HasPrefix(url, "http://") {
		return ErrBadImage.At("image_url")
	}
	return nil
}

// ProductInput describes a new product.
type ProductInput struct {
	Name     string
	ImageURL string
}

// CreateProduct adds a product. Permission catalog.edit.
//
// Errors: ErrBadName, ErrBadImage.
func (s *Service) CreateProduct(ctx context.Context, in ProductInput) (Product, error) {
	if err := actor.Require(ctx, "catalog.edit"); err != nil {
		return Product{}, err
	}
	p := Product{Name: in.Name, ImageURL: in.ImageURL, Active: true, Version: 1}
	if err := p.check(); err != nil {
		return Product{}, err
	}
	about := &command.About{Action: "catalog.create_product", Detail: map[string]any{"name": p.Name}}
	return command.Run(ctx, s.k.Commands, about, in, func(ctx context.Context, tx *db.Tx) (Product, error) {
		made := p
		err := s.addProduct(ctx, tx, &made)
		about.Object = "product/" + made.ID.String()
		return made, err
	})
}

func (s *Service) addProduct(ctx context.Context, tx *db.Tx, p *Product) error {
	p.ID, p.CreatedAt, p.Version = s.k.IDs.New(), clock.Millis(s.k.Clock), 1
	if _, err := tx.Exec(ctx, insertProduct, actor.Merchant(ctx), p.ID, p.Name, p.ImageURL, p.Active, p.CreatedAt, p.Version); err != nil {
		return err
	}
	return s.k.Events.AppendTx(ctx, tx, event.Of{Aggregate: "product", ID: p.ID, Version: p.Version}, ProductChanged{p.ID})
}

// UpdateProductInput changes a product; nil fields stay. Version 0 overwrites
// whatever is there.
type UpdateProductInput struct {
	ProductID id.ID
	Version   int64
	Name      *string
	ImageURL  *string
	Active    *bool
}

// UpdateProduct changes a product; a new name also renames its SKUs that have no
// name of their own. Permission catalog.edit.
//
// Errors: ErrNoProduct, ErrChanged, ErrBadName, ErrBadImage.
func (s *Service) UpdateProduct(ctx context.Context, in UpdateProductInput) (Product, error) {
	if err := actor.Require(ctx, "catalog.edit"); err != nil {
		return Product{}, err
	}
	about := &command.About{Action: "catalog.update_product", Object: "product/" + in.ProductID.String()}
	return command.Run(ctx, s.k.Commands, about, in, func(ctx context.Context, tx *db.Tx) (Product, error) {
		p, err := s.productTx(ctx, tx, in.ProductID)
		if err != nil {
			return Product{}, err
		}
		if in.Version != 0 && in.Version != p.Version {
			return Product{}, ErrChanged
		}
		was := p.Name
		set(&p.Name, in.Name)
		set(&p.ImageURL, in.ImageURL)
		set(&p.Active, in.Active)
		if err := p.check(); err != nil {
			return Product{}, err
		}
		m := actor.Merchant(ctx)
		n, err := tx.ExecN(ctx, updateProduct, p.Name, p.ImageURL, p.Active, m, p.ID, p.Version)
		if err != nil {
			return Product{}, err
		}
		if n == 0 {
			return Product{}, ErrChanged
		}
		if p.Name != was {
			if _, err := tx.Exec(ctx, renameSKUs, p.Name, p.Name, m, p.ID, was, was); err != nil {
				return Product{}, err
			}
		}
		p.Version++
		return p, s.k.Events.AppendTx(ctx, tx, event.Of{Aggregate: "product", ID: p.ID, Version: p.Version}, ProductChanged{p.ID})
	})
}

func set[T any](to, from *T) {
	if from != nil {
		*to = *from
	}
}

func (p *Product) fields() []any {
	return []any{&p.ID, &p.Name, &p.ImageURL, &p.Active, &p.CreatedAt, &p.Version}
}

func (s *Service) productTx(ctx context.Context, q db.Querier, productID id.ID) (Product, error) {
	var p Product
	err := q.QueryRow(ctx, selectProduct, actor.Merchant(ctx), productID).Scan(p.fields()...)
	if errors.Is(err, sql.ErrNoRows) {
		return Product{}, ErrNoProduct
	}
	return p, err
}

// ProductFilter narrows Products; zero fields do not. Query is any part of the name.
type ProductFilter struct {
	Query  string
	Active *bool
	Cursor string
	Limit  int
}

// Products lists products, the newest first.
//
// Errors: page.ErrCursor.
func (s *Service) Products(ctx context.Context, f ProductFilter) ([]Product, string, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return nil, "", err
	}
	var before id.ID
	if err := page.Decode(f.Cursor, &before); err != nil {
		return nil, "", err
	}
	limit := page.Limit(f.Limit)
	text, args := selectProducts(a.MerchantID, f, before, limit+1)
	var out []Product
	for row := range db.Each(ctx, s.k.DB, text, args...) {
		var p Product
		if err := row.Scan(p.fields()...); err != nil {
			return nil, "", err
		}
		out = append(out, p)
	}
	out, next := page.Cut(out, limit, func(p Product) string { return page.Encode(p.ID) })
	return out, next, nil
}
