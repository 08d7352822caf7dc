package wechat

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha1" // #nosec G505 -- the platform's callbacks are signed with SHA-1
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
)

// signature is hex SHA-1 over the sorted parts: token, timestamp and nonce, and the
// encrypted text in safe mode.
func signature(parts ...string) string {
	slices.Sort(parts)
	sum := sha1.Sum([]byte(strings.Join(parts, ""))) // #nosec G401 -- as above
	return hex.EncodeToString(sum[:])
}

// messageBlock is the padding block of messages: 32, not AES's 16.
const messageBlock = 32

func aesKey(encodingKey string) (key []byte, block cipher.Block, err error) {
	if len(encodingKey) != 43 {
		return nil, nil, errors.New("EncodingAESKey has 43 characters")
	}
	if key, err = base64.StdEncoding.DecodeString(encodingKey + "="); err != nil {
		return nil, nil, err
	}
	block, err = aes.NewCipher(key)
	return key, block, err
}

// encrypt wraps a message: 16 random bytes, its length, itself, the app id.
func encrypt(encodingKey, appID string, random16, message []byte) (string, error) {
	key, block, err := aesKey(encodingKey)
	if err != nil {
		return "", err
	}
	plain := slices.Clone(random16[:16])
	plain = binary.BigEndian.AppendUint32(plain, uint32(len(message))) // #nosec G115 -- messages are short
	plain = append(append(plain, message...), appID...)
	pad := messageBlock - len(plain)%messageBlock
	plain = append(plain, bytes.Repeat([]byte{byte(pad)}, pad)...)
	cipher.NewCBCEncrypter(block, key[:16]).CryptBlocks(plain, plain)
	return base64.StdEncoding.EncodeToString(plain), nil
}
