// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Signature} from "./IBttChannels.sol";

library Signatures {
    uint256 private constant ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;
    uint256 private constant HALF_ORDER = 0x7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A0;

    /// @notice Who signed, or zero. One form of each signature only: low s, v 27 or 28.
    function recover(bytes32 digest, Signature calldata signature) internal view returns (address signer) {
        (uint256 r, uint256 s, uint256 v) = (uint256(signature.r), uint256(signature.s), signature.v);
        if (r == 0 || r >= ORDER || s == 0 || s > HALF_ORDER || (v != 27 && v != 28)) return address(0);
        assembly ("memory-safe") {
            let pointer := mload(0x40)
            mstore(pointer, digest)
            mstore(add(pointer, 0x20), v)
            mstore(add(pointer, 0x40), r)
            mstore(add(pointer, 0x60), s)
            // What cannot be recovered returns nothing, and must not leave an old word to be read.
            mstore(0, 0)
            if iszero(staticcall(gas(), 1, pointer, 0x80, 0, 0x20)) { mstore(0, 0) }
            // TRON's precompile answers with 21 bytes: 0x41 and the address.
            signer := and(mload(0), 0xffffffffffffffffffffffffffffffffffffffff)
        }
    }
}
