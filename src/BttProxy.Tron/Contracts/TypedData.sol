// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Terms} from "./IBttChannels.sol";

/// @notice TIP-712 hashes: EIP-712 without the prefix 0x41 of addresses.
library TypedData {
    bytes32 private constant DOMAIN_TYPE =
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
    bytes32 private constant CHANNEL_TYPE = keccak256(
        "Channel(address payer,address signer,address payee,address payeeAuthorizer,address token,uint40 withdrawDelay,bytes32 salt)"
    );
    bytes32 private constant OPEN_TYPE = keccak256("OpenChannel(bytes32 channelId,uint128 amount,uint64 epoch,uint40 deadline)");
    bytes32 private constant VOUCHER_TYPE = keccak256("Voucher(bytes32 channelId,uint64 epoch,uint128 cumulativeAmount)");
    bytes32 private constant CLOSE_TYPE =
        keccak256("CooperativeClose(bytes32 channelId,uint64 epoch,uint128 finalAmount,uint40 deadline)");

    /// @dev Computed each time, so that code and behaviour never depend on where it was deployed. The mask: before proposal 71
    /// CHAINID gives all 32 bytes of the genesis block's id (TIP-474).
    function separator() internal view returns (bytes32) {
        return keccak256(abi.encode(DOMAIN_TYPE, keccak256("BttChannels"), keccak256("1"), block.chainid & 0xffffffff, address(this)));
    }

    /// @dev Hashes the words as they came. Terms with dirty high bits are the id of no channel: `open` decodes them first.
    function channelId(bytes32 domain, Terms calldata terms) internal pure returns (bytes32) {
        bytes32 channelType = CHANNEL_TYPE;
        bytes32 structHash;
        assembly ("memory-safe") {
            let pointer := mload(0x40)
            mstore(pointer, channelType)
            calldatacopy(add(pointer, 0x20), terms, 0xe0)
            structHash := keccak256(pointer, 0x100)
        }
        return digest(domain, structHash);
    }

    function openChannel(bytes32 domain, bytes32 id, uint256 amount, uint256 epoch, uint256 deadline) internal pure returns (bytes32) {
        return digest(domain, keccak256(abi.encode(OPEN_TYPE, id, amount, epoch, deadline)));
    }

    /// @dev As the one below it is hashed beyond the end of memory, which a row of a claim leaves as it was.
    function voucher(bytes32 domain, bytes32 id, uint256 epoch, uint256 cumulativeAmount) internal pure returns (bytes32) {
        bytes32 voucherType = VOUCHER_TYPE;
        bytes32 structHash;
        assembly ("memory-safe") {
            let pointer := mload(0x40)
            mstore(pointer, voucherType)
            mstore(add(pointer, 0x20), id)
            mstore(add(pointer, 0x40), epoch)
            mstore(add(pointer, 0x60), cumulativeAmount)
            structHash := keccak256(pointer, 0x80)
        }
        return digest(domain, structHash);
    }

    function cooperativeClose(bytes32 domain, bytes32 id, uint256 epoch, uint256 finalAmount, uint256 deadline)
        internal
        pure
        returns (bytes32)
    {
        return digest(domain, keccak256(abi.encode(CLOSE_TYPE, id, epoch, finalAmount, deadline)));
    }

    function digest(bytes32 domain, bytes32 structHash) private pure returns (bytes32 hash) {
        assembly ("memory-safe") {
            let pointer := mload(0x40)
            mstore(pointer, shl(240, 0x1901))
            mstore(add(pointer, 0x02), domain)
            mstore(add(pointer, 0x22), structHash)
            hash := keccak256(pointer, 0x42)
        }
    }
}
