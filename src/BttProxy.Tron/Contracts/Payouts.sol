// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

struct Payout {
    address payee;
    address token;
    uint256 amount;
}

/// @notice What a batch owes to whom: one transfer for each payee and token.
struct PayoutList {
    Payout[] items;
    uint256 count;
}

library Payouts {
    /// @param capacity For the list's first payout.
    function add(PayoutList memory list, address payee, address token, uint256 amount, uint256 capacity) internal pure {
        if (list.count == 0) list.items = new Payout[](capacity);
        // From the end: a relay's batch has one payee, or is sorted by it.
        for (uint256 i = list.count; i > 0; --i) {
            Payout memory known = list.items[i - 1];
            if (known.payee == payee && known.token == token) {
                known.amount += amount;
                return;
            }
        }
        list.items[list.count++] = Payout(payee, token, amount);
    }
}
