// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice A channel in one word, written once per call: epoch (32 bits), claimed (112), reserved (112). BTT's supply needs 110 bits.
/// Zero is a channel that was never opened: an opened one reserves something, a closed one stands at a later epoch.
type ChannelWord is uint256;

using ChannelWords for ChannelWord global;

library ChannelWords {
    uint256 internal constant MAX_AMOUNT = type(uint112).max;

    /// @dev No channel opens in the last epoch, so that each one that is open can be closed.
    uint256 internal constant LAST_EPOCH = type(uint32).max;

    function pack(uint256 epoch_, uint256 claimed_, uint256 reserved_) internal pure returns (ChannelWord) {
        assert(epoch_ <= LAST_EPOCH && claimed_ <= reserved_ && reserved_ <= MAX_AMOUNT);
        return ChannelWord.wrap(epoch_ << 224 | claimed_ << 112 | reserved_);
    }

    /// @param total Between what is claimed and what is reserved: the caller has checked it.
    function withClaimed(ChannelWord word, uint256 total) internal pure returns (ChannelWord) {
        return ChannelWord.wrap(ChannelWord.unwrap(word) & ~(MAX_AMOUNT << 112) | total << 112);
    }

    function exists(ChannelWord word) internal pure returns (bool) {
        return ChannelWord.unwrap(word) != 0;
    }

    function reserved(ChannelWord word) internal pure returns (uint256) {
        return ChannelWord.unwrap(word) & MAX_AMOUNT;
    }

    function claimed(ChannelWord word) internal pure returns (uint256) {
        return ChannelWord.unwrap(word) >> 112 & MAX_AMOUNT;
    }

    function epoch(ChannelWord word) internal pure returns (uint256) {
        return ChannelWord.unwrap(word) >> 224;
    }
}
